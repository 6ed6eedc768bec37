import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, transactReading } from '#kernel/db.ts';
import { amountOut, instant, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { STATEMENT_TEXT } from '#modules/billing/index.ts';
import { customerMovements, type Movements } from '#modules/ledger/index.ts';

/** A month of a customer's money, by the ledger. Beyond this many movements they are summed up, not listed. */
export const STATEMENT_LINES = 1_000;

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
  /** More movements than are listed; `sums` has all of them. */
  more: z.boolean(),
});

export interface Statement extends Movements {
  month: string;
  from: Date;
  to: Date;
  open: boolean;
  more: boolean;
}

export async function statementRead(
  db: Db,
  ctx: Ctx,
  customerId: string,
  { month, start, end }: { month: string; start: Date; end: Date },
): Promise<Statement> {
  const movements = await transactReading(db, (tx) =>
    customerMovements(tx, ctx.brand.id, customerId, { from: start, to: end, limit: STATEMENT_LINES + 1 }),
  );
  const more = movements.lines.length > STATEMENT_LINES;
  const lines = movements.lines.slice(0, STATEMENT_LINES);
  const { change } = movements.balances.customer_cash;
  const sum = movements.sums.reduce((total, { amount }) => total + amount, 0n);
  const listed = lines.reduce((total, { amount }) => total + amount, 0n);
  if (sum !== change || (!more && listed !== change)) {
    throw new Error(`statement ${month} of ${customerId}: movements don't sum to the change of the balance`);
  }
  return { ...movements, lines, month, from: start, to: end, open: end > ctx.now, more };
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
  let balance = statement.balances.customer_cash.opening;
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
    more: statement.more,
  };
}
