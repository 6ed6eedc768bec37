import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Bus } from '#kernel/events.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { debtsOpen } from '#modules/debts/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { type AcceptedTerms, acceptancesLatest, termsAcceptedAll } from '#modules/terms/index.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Usage came to more than the balance, for the first time since nothing was owed. What follows is in the terms. */
    'arrears.began': { customerId: string; amount: Micro };
    /** All that was owed has been paid or given up. */
    'arrears.ended': { customerId: string };
  }
}

export interface Owing {
  customerId: string;
  product: string;
  source: string;
  sourceId: string;
  amount: Micro;
}

/** Charges that the balance didn't cover become debts; a customer who owed nothing until now is told. */
export async function usageOwed(tx: Tx, ctx: Ctx, owing: readonly Owing[]): Promise<void> {
  if (owing.length === 0) return;
  const customers = [...new Set(owing.map(({ customerId }) => customerId))];
  const accepted = await acceptancesLatest(tx, customers);
  const terms = await termsAcceptedAll(
    tx,
    accepted.map(({ acceptanceId }) => acceptanceId),
  );
  const latest = new Map(
    accepted.map(({ customerId, acceptanceId }) => [customerId, terms.get(acceptanceId)!]),
  );
  const termsOf = (customerId: string) => {
    const own = latest.get(customerId);
    if (!own) throw new Error(`customer ${customerId} used something without terms`);
    return own;
  };
  await debtsOpen(
    tx,
    ctx,
    owing.map((debt) => ({ ...debt, terms: termsOf(debt.customerId) })),
  );
  for (const customerId of await arrearsBegun(tx, ctx, customers)) {
    const own = owing.filter((debt) => debt.customerId === customerId);
    const amount = own.reduce((sum, debt) => sum + debt.amount, 0n);
    await arrearsTell(tx, ctx, { customerId, amount, terms: termsOf(customerId) });
  }
}

/** Those of the customers who owed nothing until now. */
async function arrearsBegun(tx: Tx, ctx: Ctx, customers: readonly string[]): Promise<string[]> {
  const rows = await tx
    .insertInto('billing_arrears')
    .columns(['customer_id', 'brand', 'began_at'])
    .expression(
      sql`select id, ${ctx.brand.id}, ${ctx.now}::timestamptz from unnest(${[...customers].sort()}::uuid[]) id`,
    )
    .onConflict((conflict) => conflict.column('customer_id').doNothing())
    .returning('customer_id')
    .execute();
  return rows.map(({ customer_id }) => customer_id);
}

async function arrearsTell(
  tx: Tx,
  ctx: Ctx,
  { customerId, amount, terms }: { customerId: string; amount: Micro; terms: AcceptedTerms },
): Promise<void> {
  const { user_id: userId, email, locale } = await customerRead(tx, customerId);
  const clause = terms.clauseOf('metered');
  const notice = await noticeSend(tx, ctx, {
    kind: 'arrears-began',
    dedupe: `arrears:${customerId}:${ctx.now.toISOString()}`,
    to: { customerId, userId, email, locale },
    values: { amount: formatYuan(amount), clause: clause.clause },
  });
  await auditRecord(tx, ctx, {
    action: 'arrears.began',
    subject: { kind: 'customer', id: customerId },
    customerId,
    clause,
    facts: { amount: formatYuan(amount) },
    notices: [notice],
  });
  await ctx.bus.emit(tx, ctx, 'arrears.began', { customerId, amount });
}

export function subscribe(bus: Bus): void {
  bus.on('debts.settled', async (tx, ctx, { customerId }) => {
    const ended = await tx
      .deleteFrom('billing_arrears')
      .where('customer_id', '=', customerId)
      .executeTakeFirst();
    if (ended.numDeletedRows === 0n) return;
    await auditRecord(tx, ctx, {
      action: 'arrears.ended',
      subject: { kind: 'customer', id: customerId },
      customerId,
    });
    await ctx.bus.emit(tx, ctx, 'arrears.ended', { customerId });
  });
}
