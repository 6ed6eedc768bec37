export {
  type Debt,
  debtsGivenUp,
  debtsStanding,
  owedBy,
  owedByAll,
  owedFor,
  owedForAll,
} from './debt-row.ts';
export { debtsOpen, type Unpaid } from './debts-open.ts';
export { type DebtPart, debtSettleNow, debtsSettle } from './debts-settle.ts';
export { lateFeesBegin } from './late-fee.ts';
export type { Owed } from './rules.ts';
export { subscribe } from './subscribe.ts';
