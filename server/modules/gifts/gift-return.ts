import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import './tables.ts';

/** What gifts paid of a source, and what of it came back; they stay locked. */
export function giftUses(tx: Tx, source: string, sourceId: string) {
  return tx
    .selectFrom('billing_gift_use as u')
    .innerJoin('billing_gift as g', 'g.id', 'u.gift_id')
    .select(['g.id', 'g.expires_at', 'g.expired_at', 'u.amount_micro', 'u.returned_micro'])
    .where('u.source', '=', source)
    .where('u.source_id', '=', sourceId)
    .orderBy('g.id')
    .forUpdate()
    .execute();
}

/** Notes what of a source's gifts comes back, each no more than it gave; those that run have it again. The caller posts it. */
export async function giftsGiveBack(
  tx: Tx,
  { source, sourceId }: { source: string; sourceId: string },
  gifts: readonly { id: string; amount: Micro; runs: boolean }[],
): Promise<void> {
  if (gifts.length === 0) return;
  await sql`
    with given (gift_id, amount, runs) as (
      select * from unnest(${gifts.map(({ id }) => id)}::uuid[], ${gifts.map(({ amount }) => String(amount))}::bigint[],
        ${gifts.map(({ runs }) => runs)}::boolean[])
    ), noted as (
      update billing_gift_use u set returned_micro = u.returned_micro + given.amount from given
      where u.source = ${source} and u.source_id = ${sourceId} and u.gift_id = given.gift_id
    )
    update billing_gift g set left_micro = g.left_micro + given.amount from given
    where g.id = given.gift_id and given.runs`.execute(tx);
}

export interface GiftBack {
  /** Of the gift. */
  id: string;
  amount: Micro;
  /** False: it has ended meanwhile, and what comes back is gone with it. */
  runs: boolean;
}

/**
 * Gives an amount back to the gifts that paid for these sources, first to those of the first one; the caller posts it.
 * Less than the amount comes back where gifts paid less.
 */
export async function giftsReturn(
  tx: Tx,
  ctx: Ctx,
  { source, sourceIds }: { source: string; sourceIds: readonly string[] },
  amount: Micro,
): Promise<GiftBack[]> {
  if (amount === 0n || sourceIds.length === 0) return [];
  const uses = await tx
    .selectFrom('billing_gift_use as u')
    .innerJoin('billing_gift as g', 'g.id', 'u.gift_id')
    .select(['g.id', 'g.expires_at', 'g.expired_at', 'u.source_id', 'u.amount_micro', 'u.returned_micro'])
    .where('u.source', '=', source)
    .where('u.source_id', 'in', sourceIds)
    .orderBy('g.id')
    .forUpdate(['u', 'g'])
    .execute();
  const place = new Map(sourceIds.map((id, i) => [id, i]));
  uses.sort((a, b) => place.get(a.source_id)! - place.get(b.source_id)!);
  const back: GiftBack[] = [];
  let left = amount;
  for (const use of uses) {
    const rest = use.amount_micro - use.returned_micro;
    const part = rest < left ? rest : left;
    if (part === 0n) continue;
    left -= part;
    const runs = use.expired_at === null && use.expires_at > ctx.now;
    await returnTo(tx, { source, sourceId: use.source_id, giftId: use.id }, part, runs);
    back.push({ id: use.id, amount: part, runs });
  }
  return back;
}

async function returnTo(
  tx: Tx,
  use: { source: string; sourceId: string; giftId: string },
  amount: Micro,
  runs: boolean,
): Promise<void> {
  await tx
    .updateTable('billing_gift_use')
    .set((e) => ({ returned_micro: e('returned_micro', '+', amount) }))
    .where('source', '=', use.source)
    .where('source_id', '=', use.sourceId)
    .where('gift_id', '=', use.giftId)
    .execute();
  if (!runs) return;
  await tx
    .updateTable('billing_gift')
    .set((e) => ({ left_micro: e('left_micro', '+', amount) }))
    .where('id', '=', use.giftId)
    .execute();
}
