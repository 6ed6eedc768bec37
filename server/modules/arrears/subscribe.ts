import type { Bus } from '#kernel/events.ts';
import { endedOwe } from './account-end.ts';
import { accountLook } from './account-look.ts';
import { consumptionAdd, lookSoon, watchBegin } from './account-row.ts';
import { requireRunning, withholding } from './arrears-state.ts';
import { billedOn } from './billed-on.ts';

export function subscribe(bus: Bus): void {
  // That time goes on at a known level is no news: it was reckoned with when the account was looked at.
  bus.on('usage.read', async (tx, ctx, { customerIds, by }) => {
    if (by === 'events') await watchBegin(tx, ctx, customerIds);
  });
  bus.on('charges.made', async (tx, ctx, { charges }) => {
    const at = (periodEnd: Date) => new Date(periodEnd.getTime() - 1);
    await consumptionAdd(
      tx,
      ctx,
      charges.map(({ customerId, amount, periodEnd }) => ({ customerId, amount, at: at(periodEnd) })),
    );
    const owing = charges.filter(({ amount, paid }) => amount > paid.cash + paid.gift);
    await watchBegin(
      tx,
      ctx,
      owing.map(({ customerId }) => customerId),
    );
    await lookSoon(
      tx,
      ctx,
      owing.map(({ customerId }) => customerId),
    );
    await billedOn(tx, ctx, owing);
    await endedOwe(
      tx,
      ctx,
      owing.map(({ customerId }) => customerId),
    );
  });
  bus.on('debts.settled', (tx, ctx, { customerId }) => lookSoon(tx, ctx, [customerId]));
  // What was ordered is gone from the balance that usage is paid from.
  bus.on('orders.paid', (tx, ctx, { orders }) =>
    lookSoon(
      tx,
      ctx,
      orders.map(({ customerId }) => customerId),
    ),
  );
  // Paid in time, all goes on at once; debts have been settled before.
  bus.on('payment.credited', (tx, ctx, { customerId }) => accountLook(tx, ctx, customerId));
  bus.on('buying.asked', async (tx, ctx, { customerId, refuse }) => {
    const refusal = await withholding(tx, ctx, customerId);
    if (refusal) refuse(refusal);
  });
  bus.on('usage-subject.opened', (tx, ctx, { customerId }) => requireRunning(tx, ctx, customerId));
}
