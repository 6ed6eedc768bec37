import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Events } from '#kernel/events.ts';
import type { Plan } from '#modules/catalogue/index.ts';
import { limitsOf, memoryLeft } from './instance-create.ts';
import { type InstanceView, instanceView, spaceOf } from './instance-read.ts';
import { reconcileSoon } from './reconcile-soon.ts';
import { webShutIn } from './restrain.ts';
import { problem, slotPorts } from './rules.ts';
import './tables.ts';

/** Whether a machine can become one of this plan where it stands; throws what hinders it. */
export async function instanceFits(
  tx: Tx,
  _ctx: Ctx,
  { serviceId, plan }: { serviceId: string; plan: Plan },
): Promise<InstanceView | null> {
  const view = await instanceView(tx, serviceId);
  if (!view) return null;
  const { instance, node, mappings } = view;
  if (instance.allowed !== 'yes' || !instance.ready_at) throw problem['not-allowed-now']();
  const { memory_bytes, disk_bytes } = limitsOf(plan);
  // A file system that is smaller than what stands in it would break the machine.
  if (disk_bytes < instance.disk_bytes)
    throw problem['disk-shrinks']({
      now: Number(instance.disk_bytes / 1_073_741_824n),
      wanted: plan.disk_gb,
    });
  const { to } = slotPorts(spaceOf(node), instance.slot!, plan.ports);
  const outside = mappings.filter(({ listen_port }) => listen_port > to);
  if (outside.length > 0)
    throw problem['ports-in-use']({ ports: outside.map(({ listen_port }) => listen_port).join(', ') });
  const more = memory_bytes - instance.memory_bytes;
  if (more > 0n && Number(more) > (await memoryLeft(tx, node.id))) throw problem['node-full']();
  return view;
}

/** The limits that should hold from now on; the reconciler brings them about, on a running machine too. */
export async function instanceChange(
  tx: Tx,
  ctx: Ctx,
  changed: { serviceId: string; plan: Plan },
): Promise<void> {
  const view = await instanceFits(tx, ctx, changed);
  if (!view) return;
  await tx
    .updateTable('compute_instance')
    .set(limitsOf(changed.plan))
    .where('id', '=', view.instance.id)
    .execute();
  await reconcileSoon(tx, view.instance.id);
}

/**
 * Another customer's from now on (room pushes): its sites are open or shut by that customer's filings, root's way in is
 * the new owner's alone, and it starts anew once, so that nobody who is logged in stays so.
 */
export async function instanceHandOver(
  tx: Tx,
  ctx: Ctx,
  { serviceId, to, region, sealedAccess }: Events['service.handed-over'],
): Promise<void> {
  const shut = await webShutIn(tx, ctx, { customerId: to, region });
  await tx
    .updateTable('compute_instance')
    .set((e) => ({
      customer_id: to,
      web_shut: shut,
      sealed_access: sealedAccess,
      access_applied_at: null,
      restart_wanted: e('restart_wanted', '+', 1),
    }))
    .where('id', '=', serviceId)
    .where('gone_at', 'is', null)
    .execute();
  // What the one before began isn't held against the next.
  await tx
    .updateTable('compute_sample')
    .set({ connections: null, targets: null, mails: null, answers: null })
    .where('instance_id', '=', serviceId)
    .execute();
  await reconcileSoon(tx, serviceId);
}
