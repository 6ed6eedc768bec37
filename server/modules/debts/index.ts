export { debtsGivenUp, owedBy } from './debt-row.ts';
export { debtsOpen, type Unpaid } from './debts-open.ts';
export { debtsSettle } from './debts-settle.ts';
export { subscribe } from './subscribe.ts';
