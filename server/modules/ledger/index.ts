export { cashBalance, cashBalances, ledgerCheck, requireCash, statement } from './balance.ts';
export { ledgerPost } from './ledger-post.ts';
export type { AccountRef, Line, Posting } from './rules.ts';
