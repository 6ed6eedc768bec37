import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { nodesNamed } from '#modules/compute/index.ts';
import { policyCited } from '#modules/terms/index.ts';
import { type Move, type Moving, moveLock, movingBy } from './move-row.ts';
import { moveTell } from './move-tell.ts';
import { earliestStart, problem } from './rules.ts';
import './tables.ts';

export interface MoveWanted {
  /** `bad-node`: its data centre, hardware or carrier made it bad; it may be left without the days of notice (亚云 8.6). */
  kind: Move['kind'];
  nodeId: string | null;
  services: string[];
  destination: LocalizedText;
  reason: string;
  from: Date;
  until: Date;
}

/**
 * Sets a move and tells everybody whom it touches, so many natural days ahead as their terms ask for. Returns its id.
 * Throws `move-too-soon` with the clause, `move-window`, `move-nobody`, `move-bad-node-unknown`.
 */
export async function moveSchedule(tx: Tx, ctx: Ctx, wanted: MoveWanted): Promise<string> {
  if (wanted.nodeId && (await nodesNamed(tx, [wanted.nodeId])).length === 0)
    throw kernelProblem['not-found']();
  const move: Move = {
    id: newId(),
    brand: ctx.brand.id,
    kind: wanted.kind,
    node_id: wanted.nodeId,
    services: [...new Set(wanted.services)],
    destination: wanted.destination,
    reason: wanted.reason,
    from_at: wanted.from,
    until_at: wanted.until,
    state: 'scheduled',
    window_no: 1,
    new_address: null,
    old_address: null,
    created_by: staffOf(ctx).staffId,
    created_at: ctx.now,
    ended_at: null,
  };
  const moving = await movingBy(tx, ctx, move);
  if (moving.length === 0) throw problem['move-nobody']();
  requireTime(ctx, move, moving);
  await tx
    .insertInto('moves_move')
    .values({ ...move, destination: JSON.stringify(move.destination) })
    .execute();
  await moveTell(tx, ctx, move, 'announced', moving, { reason: move.reason });
  await record(tx, ctx, move, 'move.scheduled', { services: moving.length });
  return move.id;
}

/** Another window; the notice begins anew with it. Throws as `moveSchedule` does, and `move-over`. */
export async function moveChange(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; from: Date; until: Date; reason: string },
): Promise<void> {
  const before = await scheduled(tx, ctx, input.id);
  const move = {
    ...before,
    from_at: input.from,
    until_at: input.until,
    window_no: before.window_no + 1,
  };
  const moving = await movingBy(tx, ctx, move);
  requireTime(ctx, move, moving);
  const { from_at, until_at, window_no } = move;
  await tx
    .updateTable('moves_move')
    .set({ from_at, until_at, window_no })
    .where('id', '=', move.id)
    .execute();
  await moveTell(tx, ctx, move, 'changed', moving, { reason: input.reason });
  await record(tx, ctx, move, 'move.changed', { reason: input.reason });
}

/** Called off: everybody who was told of it is told that too. */
export async function moveCancel(tx: Tx, ctx: Ctx, input: { id: string; reason: string }): Promise<void> {
  const move = await scheduled(tx, ctx, input.id);
  await tx
    .updateTable('moves_move')
    .set({ state: 'cancelled', ended_at: ctx.now })
    .where('id', '=', move.id)
    .execute();
  const moving = await movingBy(tx, ctx, move);
  await moveTell(tx, ctx, move, 'cancelled', moving, { reason: input.reason });
  await record(tx, ctx, move, 'move.cancelled', { reason: input.reason });
}

/** It has happened; with the address that replaces the node's where it was replaced (亚云 8.6). */
export async function moveDone(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; newAddress: string | null },
): Promise<void> {
  const move = await scheduled(tx, ctx, input.id);
  if (move.from_at > ctx.now)
    throw problem['move-not-begun']({ from: wallClock(move.from_at, ctx.brand.zone) });
  const [node] = move.node_id ? await nodesNamed(tx, [move.node_id]) : [];
  const addresses = input.newAddress
    ? { new_address: input.newAddress, old_address: node?.address ?? null }
    : {};
  await tx
    .updateTable('moves_move')
    .set({ state: 'done', ended_at: ctx.now, ...addresses })
    .where('id', '=', move.id)
    .execute();
  const address = input.newAddress ? `IP: ${node?.address ?? '–'} → ${input.newAddress}` : '';
  await moveTell(tx, ctx, move, 'done', await movingBy(tx, ctx, move), { reason: move.reason, address });
  await record(tx, ctx, move, 'move.done', addresses);
}

async function scheduled(tx: Tx, ctx: Ctx, id: string): Promise<Move> {
  const move = await moveLock(tx, ctx, id);
  if (move.state !== 'scheduled') throw problem['move-over']();
  return move;
}

/** The strictest terms among those whom it touches decide for all. */
function requireTime(ctx: Ctx, move: Move, moving: readonly Moving[]): void {
  if (move.from_at < ctx.now || move.until_at <= move.from_at) throw problem['move-window']();
  if (move.kind === 'bad-node') {
    if (moving.some(({ policy }) => !policy.parameters.bad_node)) throw problem['move-bad-node-unknown']();
    return;
  }
  const asking = moving
    .flatMap(({ policy }) => (policy.parameters.migration ? [policy] : []))
    .sort((a, b) => b.parameters.migration!.notice_days - a.parameters.migration!.notice_days);
  const [strictest] = asking;
  if (!strictest) return;
  const days = strictest.parameters.migration!.notice_days;
  const earliest = earliestStart(ctx.now, [days], ctx.brand.zone);
  if (move.from_at >= earliest) return;
  const clause = policyCited(ctx, strictest, 'migration');
  throw problem['move-too-soon'](
    { clause: clause.id, days, earliest: wallClock(earliest, ctx.brand.zone) },
    { clause },
  );
}

function record(tx: Tx, ctx: Ctx, move: Move, action: string, facts: Record<string, unknown>): Promise<void> {
  return auditRecord(tx, ctx, {
    action,
    subject: { kind: 'move', id: move.id },
    customerId: null,
    facts: { from: move.from_at.toISOString(), until: move.until_at.toISOString(), ...facts },
  });
}
