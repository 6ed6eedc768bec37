import type { Bus } from '#kernel/events.ts';
import { newId } from '#kernel/ids.ts';
import { addDays, nextMidnight } from '#kernel/time.ts';
import { billSettle, chargesSettle, lateFeesSettle } from './charge-settle.ts';
import { chargesGather } from './charges-gather.ts';
import { creditNoteIssue } from './credit-note-issue.ts';
import { invoicesIssue } from './invoice-issue.ts';

/** What billing, below, and debts say of money is written down in the same transaction. */
export function subscribe(bus: Bus): void {
  bus.on('orders.paid', async (tx, ctx, { orders }) => {
    await invoicesIssue(tx, ctx, orders);
  });
  bus.on('order.refunded', async (tx, ctx, refund) => {
    const { orderId, amount, tax, cash, cause, reason, clause } = refund;
    const source = { source: 'order-refund', sourceId: `${orderId}/${cause}` };
    await creditNoteIssue(tx, ctx, { orderId, ...source, amount, tax, cash, reason, clause });
  });
  bus.on('package.bought', async (tx, ctx, { text, ...bought }) => {
    const line = { text, amount: bought.amount };
    await invoicesIssue(tx, ctx, [{ ...bought, number: null, lines: [line] }]);
  });
  bus.on('package.ended', async (tx, ctx, { id: orderId, ...back }) => {
    await creditNoteIssue(tx, ctx, { orderId, source: 'usage-package-end', sourceId: orderId, ...back });
  });
  bus.on('charges.made', async (tx, ctx, { charges }) => {
    await chargesGather(tx, ctx, charges);
  });
  bus.on('late-fees.charged', async (tx, ctx, { day, fees }) => {
    const periodEnd = nextMidnight(new Date(`${day}T12:00:00Z`), ctx.brand.zone);
    const charges = fees.map(({ debtId, customerId, amount }) => ({
      id: newId(),
      customerId,
      product: 'late-fee',
      text: { zh: '滞纳金', en: 'Late fee' },
      amount,
      tax: 0n,
      periodStart: addDays(periodEnd, -1, ctx.brand.zone),
      periodEnd,
      explain: { kind: 'late-fee', id: debtId },
    }));
    await chargesGather(tx, ctx, charges);
  });
  bus.on('real-name-fee.charged', async (tx, ctx, { checkId, customerId, amount }) => {
    const charge = {
      id: checkId,
      customerId,
      product: 'real-name',
      text: { zh: '实名核验', en: 'Real-name check' },
      amount,
      tax: 0n,
      paid: { cash: amount, gift: 0n },
      periodStart: ctx.now,
      periodEnd: nextMidnight(ctx.now, ctx.brand.zone),
      explain: { kind: 'real-name', id: checkId },
    };
    await chargesGather(tx, ctx, [charge]);
  });
  bus.on('debts.paid', async (tx, ctx, { parts }) => {
    const usage = parts.filter(({ source, principal }) => source === 'usage' && principal > 0n);
    await chargesSettle(tx, ctx, new Map(usage.map(({ sourceId, principal }) => [sourceId, principal])));
    for (const { source, sourceId, principal } of parts)
      if (source === 'order') await billSettle(tx, ctx, { orderId: sourceId, cash: principal });
    const fees = parts.filter(({ fee }) => fee > 0n);
    await lateFeesSettle(tx, ctx, new Map(fees.map(({ debtId, fee }) => [debtId, fee])));
  });
}
