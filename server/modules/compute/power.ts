import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { serviceChanged } from '#modules/lifecycle/index.ts';
import { reconcileSoon } from './reconcile-soon.ts';
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

/** What the terms allow changes with the service's life. */
export async function instanceAllow(
  tx: Tx,
  instanceId: string,
  allowed: 'yes' | 'suspended' | 'gone',
): Promise<void> {
  await tx.updateTable('compute_instance').set({ allowed }).where('id', '=', instanceId).execute();
  await reconcileSoon(tx, instanceId);
}
