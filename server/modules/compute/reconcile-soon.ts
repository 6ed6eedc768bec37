import type { Tx } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';

/** Has the instance brought to what it should be, soon; jobs of one instance run one after another. */
export async function reconcileSoon(tx: Tx, instanceId: string): Promise<void> {
  await enqueue(
    tx,
    'compute.reconcile',
    { instance: instanceId },
    { key: `reconcile:${instanceId}`, queue: `instance:${instanceId}` },
  );
}
