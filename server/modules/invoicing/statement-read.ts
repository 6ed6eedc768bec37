import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, transactReading } from '#kernel/db.ts';
import { amountOut, instant, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { STATEMENT_TEXT } from '#modules/billing/index.ts';
import { customerMovements, type Movements } from '#modules/ledger/index.ts';

/** A month of a customer's money, by the ledger. So many movements are a page of an answer. */
export const STATEMENT_LINES = 1_000;
/** So many are one file; a month with more has several, which together are all of it. */
export const STATEMENT_PRINTED = 5_000;

const sides = z.object({ opening: amountOut, change: amountOut, closing: amountOut });

export const statementShown = z.object({
  month: z.string(),
  from: instant,
  to: instant,
  /** The month isn't over: what is here may grow. */
  open: z.boolean(),
  cash: sides,
  gift: sides,
  frozen: sides,
  /** Zero or below. */
  owed: sides,
  sums: z.array(z.object({ kind: z.string(), text: localized, amount: amountOut, count: z.number() })),
  lines: z.array(
    z.object({
      id: z.string(),
      at: instant,
      kind: z.string(),
      text: localized,
      amount: amountOut,
      balance: amountOut,
    }),
  ),
  /** From 1 on; `sums` has the movements of all pages. */
  page: z.number(),
  pages: z.number(),
  /** More pages follow. */
  more: z.boolean(),
  /** Of the statement as PDF: how many files it is. */
  parts: z.number(),
});

export interface Statement extends Movements {
  month: string;
  from: Date;
  to: Date;
  open: boolean;
  page: number;
  pages: number;
  count: number;
}

export async function statementRead(
  db: Db,
  ctx: Ctx,
  customerId: string,
  { month, start, end }: { month: string; start: Date; end: Date },
  { page, size }: { page: number; size: number } = { page: 1, size: STATEMENT_LINES },
): Promise<Statement> {
  const movements = await transactReading(db, (tx) =>
    customerMovements(tx, ctx.brand.id, customerId, {
      from: start,
      to: end,
      limit: size,
      skip: (page - 1) * size,
    }),
  );
  const { change } = movements.balances.customer_cash;
  const count = movements.sums.reduce((total, each) => total + each.count, 0);
  const pages = Math.max(1, Math.ceil(count / size));
  if (page > pages) throw problem['not-found']();
  const sum = movements.sums.reduce((total, { amount }) => total + amount, 0n);
  const listed = movements.lines.reduce((total, { amount }) => total + amount, movements.skipped);
  if (sum !== change || (page === pages && listed !== change)) {
    throw new Error(`statement ${month} of ${customerId}: movements don't sum to the change of the balance`);
  }
  return { ...movements, month, from: start, to: end, open: end > ctx.now, page, pages, count };
}

export function movementText(kind: string): LocalizedText {
  return STATEMENT_TEXT[kind] ?? { zh: kind, en: kind };
}

export function shownStatement(statement: Statement): z.infer<typeof statementShown> {
  const of = (kind: keyof Movements['balances']) => {
    const { opening, change } = statement.balances[kind];
    return {
      opening: formatYuan(opening),
      change: formatYuan(change),
      closing: formatYuan(opening + change),
    };
  };
  let balance = statement.balances.customer_cash.opening + statement.skipped;
  const { page, pages, count } = statement;
  return {
    month: statement.month,
    from: statement.from.toISOString(),
    to: statement.to.toISOString(),
    open: statement.open,
    cash: of('customer_cash'),
    gift: of('customer_gift'),
    frozen: of('customer_frozen'),
    owed: of('receivable'),
    sums: statement.sums.map(({ kind, amount, count }) => ({
      kind,
      text: movementText(kind),
      amount: formatYuan(amount),
      count,
    })),
    lines: statement.lines.map(({ id, at, kind, amount }) => {
      balance += amount;
      return {
        id: String(id),
        at: at.toISOString(),
        kind,
        text: movementText(kind),
        amount: formatYuan(amount),
        balance: formatYuan(balance),
      };
    }),
    page,
    pages,
    more: page < pages,
    parts: Math.max(1, Math.ceil(count / STATEMENT_PRINTED)),
  };
}
