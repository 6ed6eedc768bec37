import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { requireOwner, serviceChanged } from '#modules/lifecycle/index.ts';
import { reconcileAllSoon, reconcileSoon } from './reconcile-soon.ts';
import { problem } from './rules.ts';
import './tables.ts';

export type PowerAction = 'start' | 'stop' | 'restart';

/** Writes down what the customer wants of the machine's power; the reconciler does it. */
export async function instancePower(
  tx: Tx,
  ctx: Ctx,
  input: { instanceId: string; action: PowerAction },
): Promise<void> {
  const instance = await tx
    .selectFrom('compute_instance')
    .selectAll()
    .where('id', '=', input.instanceId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  requireOwner(ctx, instance.customer_id);
  if (instance.allowed !== 'yes' || !instance.ready_at) throw problem['not-allowed-now']();
  if (input.action === 'restart' && instance.wanted_power !== 'running') throw problem['not-running']();
  const set =
    input.action === 'restart'
      ? { restart_wanted: instance.restart_wanted + 1 }
      : {
          wanted_power: input.action === 'start' ? ('running' as const) : ('stopped' as const),
          // A restart that was waiting is over with a stop.
          restart_done: instance.restart_wanted,
        };
  await tx.updateTable('compute_instance').set(set).where('id', '=', instance.id).execute();
  await auditRecord(tx, ctx, {
    action: `instance.${input.action}`,
    subject: { kind: 'service', id: instance.id },
    customerId: instance.customer_id,
  });
  await serviceChanged(tx, instance.id);
  await reconcileSoon(tx, instance.id);
}

/** What the terms allow changes with the lives of services. Gone is for good. */
export async function instancesAllow(
  tx: Tx,
  serviceIds: readonly string[],
  allowed: 'yes' | 'suspended' | 'gone',
): Promise<void> {
  const changed = await tx
    .updateTable('compute_instance')
    .set({ allowed })
    .where('id', '=', sql<string>`any(${serviceIds}::uuid[])`)
    .where('allowed', '<>', 'gone')
    .returning('id')
    .execute();
  await reconcileAllSoon(
    tx,
    changed.map(({ id }) => id),
  );
}
