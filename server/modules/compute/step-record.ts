import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { serviceChanged } from '#modules/lifecycle/index.ts';
import type { StepTable } from './tables.ts';
import './tables.ts';

/** The steps that a customer sees while a machine is made. */
export type ShownStep = 'paid' | 'reserved' | 'created' | 'started' | 'access' | 'ready' | 'refunded';

export async function stepRecord(
  tx: Tx,
  ctx: Ctx,
  instanceId: string,
  step: ShownStep,
  state: StepTable['state'],
  detail: string | null = null,
): Promise<void> {
  await tx
    .insertInto('compute_step')
    .values({ instance_id: instanceId, step, state, detail, at: ctx.now })
    .execute();
  await serviceChanged(tx, instanceId);
}

/** Oldest first. */
export function stepsOf(db: Db | Tx, instanceId: string) {
  return db
    .selectFrom('compute_step')
    .select(['step', 'state', 'detail', 'at'])
    .where('instance_id', '=', instanceId)
    .orderBy('id')
    .limit(100)
    .execute();
}
