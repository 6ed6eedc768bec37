import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { nodeOf } from '#modules/compute/index.ts';
import { policyOn, servicesByIds } from '#modules/lifecycle/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { moveTell } from './move-tell.ts';
import './tables.ts';

/** Whoever comes to a node that is about to move is told too, at once. */
export async function newcomerTell(tx: Tx, ctx: Ctx, { serviceId }: { serviceId: string }): Promise<void> {
  const nodeId = await nodeOf(tx, serviceId);
  if (!nodeId) return;
  const moves = await tx
    .selectFrom('moves_move')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('node_id', '=', nodeId)
    .where('state', '=', 'scheduled')
    .execute();
  if (moves.length === 0) return;
  const [service] = await servicesByIds(tx, ctx.brand.id, [serviceId]);
  if (!service) return;
  const policy = await policyOf(tx, policyOn(service), ctx.now);
  for (const move of moves)
    await moveTell(tx, ctx, move, 'announced', [{ service, policy }], { reason: move.reason });
}
