import { type Selectable, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { servicesOnNode } from '#modules/compute/index.ts';
import { policyOn, type Service, servicesByIds } from '#modules/lifecycle/index.ts';
import { type Policy, policiesOf } from '#modules/terms/index.ts';
import type { MoveTable, ToldTable } from './tables.ts';
import './tables.ts';

export type Move = Selectable<MoveTable>;
export type Told = Selectable<ToldTable>;

/** Locks it: one act on a move at a time. Throws `not-found` for another brand's and for none. */
export async function moveLock(tx: Tx, ctx: Ctx, id: string): Promise<Move> {
  const row = await tx
    .selectFrom('moves_move')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

export function moveList(db: Db | Tx, brand: string, before?: string): Promise<Move[]> {
  return db
    .selectFrom('moves_move')
    .selectAll()
    .where('brand', '=', brand)
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** Whom we told of these moves, the oldest first: the evidence. */
export function toldOf(db: Db | Tx, moveIds: readonly string[]): Promise<Told[]> {
  return db
    .selectFrom('moves_told')
    .selectAll()
    .where('move_id', '=', sql<string>`any(${moveIds}::uuid[])`)
    .orderBy('at')
    .orderBy('service_id')
    .execute();
}

/** The windows in which these services move, as their customers were last told. */
export function movesAhead(db: Db | Tx, serviceIds: readonly string[]) {
  return db
    .selectFrom('moves_told as t')
    .innerJoin('moves_move as m', (join) =>
      join.onRef('m.id', '=', 't.move_id').onRef('m.window_no', '=', 't.window_no'),
    )
    .select(['t.move_id', 't.service_id', 't.clause_id', 'm.from_at', 'm.until_at', 'm.destination'])
    .where('t.service_id', '=', sql<string>`any(${serviceIds}::uuid[])`)
    .where('t.what', 'in', ['announced', 'changed'])
    .where('m.state', '=', 'scheduled')
    .orderBy('m.from_at')
    .execute();
}

/** A service that moves, with what holds for it. */
export interface Moving {
  service: Service;
  policy: Policy;
}

const HERE = new Set(['preparing', 'active', 'suspended', 'ended']);

/** What moves: all that is on the node now, and what is named; what is gone doesn't. */
export async function movingBy(
  tx: Tx,
  ctx: Ctx,
  move: Pick<Move, 'node_id' | 'services'>,
): Promise<Moving[]> {
  const onNode = move.node_id ? await servicesOnNode(tx, ctx.brand.id, move.node_id) : [];
  const ids = new Set([...onNode.map(({ serviceId }) => serviceId), ...move.services]);
  const services = (await servicesByIds(tx, ctx.brand.id, [...ids])).filter(({ state }) => HERE.has(state));
  const policies = await policiesOf(
    tx,
    services.map((service) => policyOn(service)),
    ctx.now,
  );
  return services.map((service, i) => ({ service, policy: policies[i]! }));
}
