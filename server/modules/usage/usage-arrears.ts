import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Bus } from '#kernel/events.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { debtsOpen } from '#modules/debts/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { type AcceptedTerms, acceptanceLatest } from '#modules/terms/index.ts';
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
export async function usageOwed(tx: Tx, ctx: Ctx, owing: Owing[]): Promise<void> {
  const customers = [...new Set(owing.map(({ customerId }) => customerId))];
  for (const customerId of customers) {
    const own = owing.filter((debt) => debt.customerId === customerId);
    const terms = await acceptanceLatest(tx, customerId);
    if (!terms) throw new Error(`customer ${customerId} used something without terms`);
    await debtsOpen(
      tx,
      ctx,
      own.map((debt) => ({ ...debt, terms })),
    );
    const amount = own.reduce((sum, debt) => sum + debt.amount, 0n);
    await arrearsBegin(tx, ctx, { customerId, amount, terms });
  }
}

async function arrearsBegin(
  tx: Tx,
  ctx: Ctx,
  { customerId, amount, terms }: { customerId: string; amount: Micro; terms: AcceptedTerms },
): Promise<void> {
  const begun = await tx
    .insertInto('billing_arrears')
    .values({ customer_id: customerId, brand: ctx.brand.id, began_at: ctx.now })
    .onConflict((conflict) => conflict.column('customer_id').doNothing())
    .executeTakeFirst();
  if (begun.numInsertedOrUpdatedRows === 0n) return;
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
