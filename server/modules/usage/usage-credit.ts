import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { debtsGivenUp, debtsSettle } from '#modules/debts/index.ts';
import { giftsReturn } from '#modules/gifts/index.ts';
import { type Line, ledgerPost } from '#modules/ledger/index.ts';
import { paymentsRecord, posting, type TaxedCharge, USAGE } from './usage-charge-post.ts';
import './tables.ts';

/**
 * Gives back what was charged too much for a month of a meter (a correction, a volume price that was reached). First
 * against what was given up of it as a debt, which nobody paid; then cash, as far as cash was paid or owed for that
 * month; the rest goes to the gifts that it came from, so that no gift becomes cash; what came from a gift that has
 * ended is gone with it. What is owed is paid from it at once. Returns what of the amount, which is below zero, was cash and
 * what was gifts.
 */
export async function usageCredit(
  tx: Tx,
  ctx: Ctx,
  charge: TaxedCharge,
): Promise<{ cash: Micro; gift: Micro }> {
  const { customerId } = charge;
  const back = -charge.amount;
  const { own, unpaid, latest } = await paidBefore(tx, charge);
  const excused = least(unpaid, own, back);
  const cash = least(own - excused, back - excused);
  const gifts = await giftsReturn(tx, ctx, { source: USAGE, sourceIds: latest }, back - excused - cash);
  const given = gifts.reduce((sum, gift) => sum + gift.amount, 0n);
  if (excused + cash + given !== back) throw new Error(`charge ${charge.id} gives back more than was paid`);
  const lines: Line[] = [
    { account: { kind: 'written_off', owner: 'all' }, amount: excused },
    { account: { kind: 'customer_cash', owner: customerId }, amount: cash },
    ...gifts.map(({ id, amount, runs }): Line => {
      const gift = { kind: 'customer_gift' as const, owner: id, customer: customerId };
      return { account: runs ? gift : { kind: 'promotion', owner: 'all' }, amount };
    }),
  ];
  await ledgerPost(tx, ctx, posting(charge, 'usage-credit', lines));
  await paymentsRecord(tx, ctx, [{ charge, cash: -cash, gift: -given, owed: -excused }]);
  if (cash > 0n) await debtsSettle(tx, ctx, customerId);
  return { cash: -cash, gift: -given };
}

function least(...amounts: Micro[]): Micro {
  return amounts.reduce((a, b) => (b < a ? b : a));
}

/** Net of what went back already: what cash was paid or owed for, and how much of that was given up unpaid. */
async function paidBefore(tx: Tx, { customerId, meter, month }: TaxedCharge) {
  const rows = await tx
    .selectFrom('billing_usage_payment')
    .select(['charge_id', 'cash_micro', 'owed_micro'])
    .where('customer_id', '=', customerId)
    .where('meter_no', '=', meter.no)
    .where('month', '=', month)
    .orderBy('at', 'desc')
    .orderBy('charge_id', 'desc')
    .execute();
  const owing = rows.filter(({ owed_micro }) => owed_micro > 0n).map(({ charge_id }) => charge_id);
  const excused = rows.reduce((sum, { owed_micro }) => (owed_micro < 0n ? sum - owed_micro : sum), 0n);
  return {
    own: rows.reduce((sum, row) => sum + row.cash_micro + row.owed_micro, 0n),
    latest: rows.map(({ charge_id }) => charge_id),
    unpaid: (await debtsGivenUp(tx, USAGE, owing)) - excused,
  };
}
