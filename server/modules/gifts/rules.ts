import { formatYuan, type Micro } from '#kernel/money.ts';
import { type Problem, problems } from '#kernel/problem.ts';
import { problem as ledgerProblem } from '#modules/ledger/rules.ts';

export const problem = problems({
  'gift-expiry': {
    status: 422,
    title: { zh: '赠金的到期时间须在将来', en: 'A gift has to end in the future' },
    remedy: { zh: '请选择以后的时间。', en: 'Choose a later time.' },
  },
});

/** `insufficient-balance`, as the ledger says it. */
export function notEnough(amount: Micro): Problem {
  const missing = formatYuan(amount);
  return ledgerProblem['insufficient-balance']({ missing }, { missing });
}

export interface GiftLeft {
  id: string;
  customerId: string;
  left: Micro;
  /** Empty: for everything. */
  products: readonly string[];
  expiresAt: Date;
}

export interface Spending {
  gifts: { id: string; amount: Micro }[];
  gift: Micro;
  cash: Micro;
  /** What neither covers. */
  missing: Micro;
}

/** How an amount is paid: gifts that are for this product, the one that ends soonest first, then cash. */
export function spend(amount: Micro, product: string, gifts: readonly GiftLeft[], cash: Micro): Spending {
  const usable = gifts
    .filter(({ products, left }) => left > 0n && (products.length === 0 || products.includes(product)))
    .sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime() || (a.id < b.id ? -1 : 1));
  const used: Spending['gifts'] = [];
  let due = amount;
  for (const { id, left } of usable) {
    if (due === 0n) break;
    const part = left < due ? left : due;
    used.push({ id, amount: part });
    due -= part;
  }
  const own = cash > 0n ? cash : 0n;
  const fromCash = own < due ? own : due;
  return { gifts: used, gift: amount - due, cash: fromCash, missing: due - fromCash };
}
