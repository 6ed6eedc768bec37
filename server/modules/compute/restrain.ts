import type { Tx } from '#kernel/db.ts';
import { reconcileSoon } from './reconcile-soon.ts';
import './tables.ts';

/**
 * What a machine may use less than was bought (`cpus`, null: all of it), or that the public doesn't reach it (`unbound`).
 * Beside its limits, so that a change of plan meanwhile isn't lost. False where the service has no machine.
 */
export async function instanceRestrain(
  tx: Tx,
  serviceId: string,
  by: { cpus: number | null } | { unbound: boolean },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('compute_instance')
    .set('cpus' in by ? { throttled_cpus: by.cpus } : { unbound: by.unbound })
    .where('id', '=', serviceId)
    .where('gone_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await reconcileSoon(tx, serviceId);
  return true;
}
