import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { LayerTable } from './layer-table.ts';
import type { LayerRow } from './policy-layers.ts';
import './layer-table.ts';

/**
 * Lays a paper over the agreement of one customer, from `fromAt`, or from now where that is past: what held before it
 * was recorded stays so. The database refuses a service that isn't this customer's (`terms_service_own`).
 */
export async function layerAdd(tx: Tx, ctx: Ctx, layer: Omit<LayerRow, 'id' | 'endedAt'>): Promise<string> {
  const id = newId();
  await tx
    .insertInto('terms_layer')
    .values({
      id,
      brand: ctx.brand.id,
      layer: layer.layer,
      customer_id: layer.customerId,
      service_id: layer.serviceId,
      number: layer.number,
      sha256: layer.sha256,
      title: JSON.stringify(layer.title),
      parameters: JSON.stringify(layer.parameters),
      clauses: JSON.stringify(layer.clauses),
      from_at: layer.fromAt < ctx.now ? ctx.now : layer.fromAt,
      to_at: layer.toAt,
      ended_at: null,
      recorded_at: ctx.now,
    })
    .execute();
  return id;
}

/** What the page said on which a service was ordered, as it holds for who has it; null: nothing. */
export async function pageOver(
  db: Db | Tx,
  { customerId, serviceId }: { customerId: string; serviceId: string },
): Promise<Selectable<LayerTable> | null> {
  const row = await db
    .selectFrom('terms_layer')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('service_id', '=', serviceId)
    .where('layer', '=', 'order-page')
    .where('ended_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** The service is another's by now: what its order page said holds for that customer, and no longer for the first. */
export async function pagePass(
  tx: Tx,
  ctx: Ctx,
  { serviceId, from, to }: { serviceId: string; from: string; to: string },
): Promise<void> {
  const page = await pageOver(tx, { customerId: from, serviceId });
  if (!page) return;
  const { id, layer, number, sha256, title, parameters, clauses, to_at: toAt } = page;
  await layerEnd(tx, ctx, id);
  const said = { layer, number, sha256, title, parameters, clauses, fromAt: ctx.now, toAt };
  await layerAdd(tx, ctx, { ...said, customerId: to, serviceId });
}

/** From now on it doesn't hold; that it held stays on record. */
export async function layerEnd(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  await tx
    .updateTable('terms_layer')
    .set({ ended_at: ctx.now })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}
