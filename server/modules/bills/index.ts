export { BILLED, type Bill, billList, creditOf } from './bill-row.ts';
export { subscribe } from './subscribe.ts';
