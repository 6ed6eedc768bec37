import type { Tx } from '#kernel/db.ts';
import { enqueueKeyed } from '#kernel/jobs.ts';

/** Has the instance brought to what it should be, soon; jobs of one instance run one after another. */
export function reconcileSoon(tx: Tx, instanceId: string): Promise<void> {
  return reconcileAllSoon(tx, [instanceId]);
}

export function reconcileAllSoon(tx: Tx, instanceIds: readonly string[]): Promise<void> {
  return enqueueKeyed(
    tx,
    'compute.reconcile',
    instanceIds.map((id) => ({
      payload: { instance: id },
      key: `reconcile:${id}`,
      queue: `instance:${id}`,
    })),
  );
}
