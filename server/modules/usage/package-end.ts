import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro, proportion } from '#kernel/money.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { debtsSettle } from '#modules/debts/index.ts';
import { giftsReturn } from '#modules/gifts/index.ts';
import { type Line, ledgerPost, linesOf } from '#modules/ledger/index.ts';
import { packageClose } from '#modules/metering/index.ts';
import './events.ts';

export interface PackageEnd {
  packageId: string;
  clause: ClauseRef;
  reason: string;
  notices: string[];
}

/**
 * Ends prepaid quota before its time by a clause: what isn't consumed goes back as it was paid, cash to the balance and
 * gifts to the gifts (gone with those that have ended). Returns what came back; null when it was over.
 */
export async function packageEnd(tx: Tx, ctx: Ctx, input: PackageEnd): Promise<Micro | null> {
  const { packageId, clause, reason } = input;
  const closed = await packageClose(tx, { packageId, now: ctx.now });
  if (!closed) return null;
  const { customerId, product, left, price } = closed;
  const posted = await linesOf(tx, ctx.brand.id, 'usage-package', packageId);
  const sum = (kind: string) =>
    posted.filter((line) => line.kind === kind).reduce((total, { amount }) => total + amount, 0n);
  const [paidInCash, tax] = [-sum('customer_cash'), sum('tax')];
  const taxBack = proportion(tax, left, price);
  const gross = left + taxBack;
  const cash = proportion(paidInCash, left, price);
  const gifts = await giftsReturn(tx, ctx, { source: 'usage-package', sourceIds: [packageId] }, gross - cash);
  // What falls between the two by rounding goes to the balance, never beyond what was paid.
  const toCash = gross - gifts.reduce((total, { amount }) => total + amount, 0n);
  const lines: Line[] = [
    { account: { kind: 'deferred_revenue', owner: product }, amount: -left },
    { account: { kind: 'tax', owner: 'all' }, amount: -taxBack },
    { account: { kind: 'customer_cash', owner: customerId }, amount: toCash },
    ...gifts.map(({ id, amount, runs }): Line => {
      const gift = { kind: 'customer_gift' as const, owner: id, customer: customerId };
      return { account: runs ? gift : { kind: 'promotion', owner: 'all' }, amount };
    }),
  ];
  // All of it was used: nothing is posted.
  if (gross > 0n)
    await ledgerPost(tx, ctx, {
      kind: 'package-refund',
      source: 'usage-package-end',
      sourceId: packageId,
      lines,
      memo: { package: packageId },
    });
  await auditRecord(tx, ctx, {
    action: 'usage-package.ended',
    subject: { kind: 'usage-package', id: packageId },
    customerId,
    clause,
    facts: { reason, refunded: formatYuan(gross) },
    notices: input.notices,
  });
  await ctx.bus.emit(tx, ctx, 'package.ended', {
    ...{ id: packageId, amount: gross, tax: taxBack, cash: toCash, reason, clause },
  });
  if (toCash > 0n) await debtsSettle(tx, ctx, customerId);
  return gross;
}
