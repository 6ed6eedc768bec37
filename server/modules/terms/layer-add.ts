import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
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

/** From now on it doesn't hold; that it held stays on record. */
export async function layerEnd(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  await tx
    .updateTable('terms_layer')
    .set({ ended_at: ctx.now })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}
