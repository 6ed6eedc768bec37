import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { debtsGivenUp, debtsSettle } from '#modules/debts/index.ts';
import { type Line, ledgerPost } from '#modules/ledger/index.ts';
import { paymentsRecord, posting, type TaxedCharge, USAGE } from './usage-charge-post.ts';
import './tables.ts';

/**
 * Gives back what was charged too much for a month of a meter (a correction, a volume price that was reached). First
 * against what was given up of it as a debt, which nobody paid; then cash, as far as cash was paid or owed for that
 * month; the rest goes to the gifts that it came from, so that no gift becomes cash; what came from a gift that has
 * ended is gone with it. What is owed is paid from it at once.
 */
export async function usageCredit(tx: Tx, ctx: Ctx, charge: TaxedCharge): Promise<void> {
  const { customerId } = charge;
  const back = -charge.amount;
  const { own, unpaid } = await paidBefore(tx, charge);
  const excused = least(unpaid, own, back);
  const cash = least(own - excused, back - excused);
  const gifts = await giftsBack(tx, ctx, charge, back - excused - cash);
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
    .execute();
  const owing = rows.filter(({ owed_micro }) => owed_micro > 0n).map(({ charge_id }) => charge_id);
  const excused = rows.reduce((sum, { owed_micro }) => (owed_micro < 0n ? sum - owed_micro : sum), 0n);
  return {
    own: rows.reduce((sum, row) => sum + row.cash_micro + row.owed_micro, 0n),
    unpaid: (await debtsGivenUp(tx, USAGE, owing)) - excused,
  };
}

interface GiftBack {
  id: string;
  amount: Micro;
  runs: boolean;
}

async function giftsBack(tx: Tx, ctx: Ctx, charge: TaxedCharge, amount: Micro): Promise<GiftBack[]> {
  if (amount === 0n) return [];
  const uses = await tx
    .selectFrom('billing_gift_use as u')
    .innerJoin('billing_usage_payment as p', (join) => join.on(sql<boolean>`p.charge_id::text = u.source_id`))
    .innerJoin('billing_gift as g', 'g.id', 'u.gift_id')
    .select(['g.id', 'g.expires_at', 'g.expired_at', 'u.source_id', 'u.amount_micro', 'u.returned_micro'])
    .where('u.source', '=', USAGE)
    .where('p.customer_id', '=', charge.customerId)
    .where('p.meter_no', '=', charge.meter.no)
    .where('p.month', '=', charge.month)
    .orderBy('p.at', 'desc')
    .orderBy('u.source_id', 'desc')
    .forUpdate(['u', 'g'])
    .execute();
  const back: GiftBack[] = [];
  let left = amount;
  for (const use of uses) {
    const rest = use.amount_micro - use.returned_micro;
    const part = rest < left ? rest : left;
    if (part === 0n) continue;
    left -= part;
    const runs = use.expired_at === null && use.expires_at > ctx.now;
    await giftReturn(tx, use, part, runs);
    back.push({ id: use.id, amount: part, runs });
  }
  return back;
}

async function giftReturn(
  tx: Tx,
  use: { id: string; source_id: string },
  amount: Micro,
  runs: boolean,
): Promise<void> {
  await tx
    .updateTable('billing_gift_use')
    .set((e) => ({ returned_micro: e('returned_micro', '+', amount) }))
    .where('source', '=', USAGE)
    .where('source_id', '=', use.source_id)
    .where('gift_id', '=', use.id)
    .execute();
  if (!runs) return;
  await tx
    .updateTable('billing_gift')
    .set((e) => ({ left_micro: e('left_micro', '+', amount) }))
    .where('id', '=', use.id)
    .execute();
}
