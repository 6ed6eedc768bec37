export {
  type Balances,
  balances,
  balancesAll,
  cashBalance,
  cashBalances,
  cashLocked,
  ledgerCheck,
  requireCash,
  statement,
} from './balance.ts';
export { customerMovements, type Movements } from './customer-movements.ts';
export { ledgerPost, ledgerPostAll, type Posted } from './ledger-post.ts';
export { ledgerReverse } from './ledger-reverse.ts';
export { linesOf } from './lines-of.ts';
export type { AccountRef, Line, Posting } from './rules.ts';
export { transactionsOf } from './transactions-of.ts';
export { ledgerVerify, type PublishedRoots, type Verdict } from './verify.ts';
