import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { requireOwner, serviceChanged } from '#modules/lifecycle/index.ts';
import { type InstanceView, instanceView, isSsh } from './instance-read.ts';
import { reconcileSoon } from './reconcile-soon.ts';
import { webSettle } from './restrain.ts';
import { isWeb, problem } from './rules.ts';
import './tables.ts';

export interface MappingRequest {
  instanceId: string;
  protocol: 'tcp' | 'udp';
  /** Without it, the lowest port that is free for this protocol. */
  listenPort?: number | undefined;
  targetPort: number;
}

/**
 * Leads a public port of the machine's own range to a port inside. Port and protocol together are taken once (F50). One to
 * the web's ports waits, in the mainland, until a site of the customer may be open.
 */
export async function mappingAdd(tx: Tx, ctx: Ctx, request: MappingRequest): Promise<string> {
  const view = await changeable(tx, ctx, request.instanceId);
  const { from, to } = view.ports!;
  const listen_port = request.listenPort ?? freePorts(view, request.protocol)[0];
  if (listen_port === undefined) throw problem['no-port-left']();
  if (listen_port < from || listen_port > to) throw problem['port-outside-range']({ from, to });
  const id = newId();
  try {
    await tx
      .insertInto('compute_mapping')
      .values({
        id,
        instance_id: view.instance.id,
        node_id: view.node.id,
        protocol: request.protocol,
        listen_port,
        target_port: request.targetPort,
        created_at: ctx.now,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'compute_mapping_port_taken') throw problem['port-taken']();
    throw error;
  }
  if (isWeb({ listen_port, target_port: request.targetPort }))
    await webSettle(tx, ctx, view.instance.customer_id);
  await changed(tx, ctx, view, 'mapping.added', {
    protocol: request.protocol,
    listen_port,
    target_port: request.targetPort,
  });
  return id;
}

export async function mappingRemove(
  tx: Tx,
  ctx: Ctx,
  input: { instanceId: string; mappingId: string },
): Promise<void> {
  const view = await changeable(tx, ctx, input.instanceId);
  const mapping = view.mappings.find((candidate) => candidate.id === input.mappingId);
  if (!mapping) throw kernelProblem['not-found']();
  if (isSsh(mapping, view.ports)) throw problem['ssh-mapping-fixed']();
  await tx.deleteFrom('compute_mapping').where('id', '=', mapping.id).execute();
  const { protocol, listen_port, target_port } = mapping;
  await changed(tx, ctx, view, 'mapping.removed', { protocol, listen_port, target_port });
}

async function changeable(tx: Tx, ctx: Ctx, instanceId: string): Promise<InstanceView> {
  await tx
    .selectFrom('compute_instance')
    .select('id')
    .where('id', '=', instanceId)
    .forUpdate()
    .executeTakeFirst();
  const view = await instanceView(tx, instanceId);
  if (!view) throw kernelProblem['not-found']();
  requireOwner(ctx, view.instance.customer_id);
  if (view.instance.allowed !== 'yes' || !view.instance.ready_at) throw problem['not-allowed-now']();
  return view;
}

async function changed(
  tx: Tx,
  ctx: Ctx,
  view: InstanceView,
  action: string,
  facts: Record<string, unknown>,
): Promise<void> {
  await auditRecord(tx, ctx, {
    action,
    subject: { kind: 'service', id: view.instance.id },
    customerId: view.instance.customer_id,
    facts,
  });
  await serviceChanged(tx, view.instance.id);
  await reconcileSoon(tx, view.instance.id);
}

export function freePorts(view: InstanceView, protocol: 'tcp' | 'udp'): number[] {
  if (!view.ports) return [];
  const taken = new Set(view.mappings.filter((m) => m.protocol === protocol).map((m) => m.listen_port));
  const { from, to } = view.ports;
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((port) => !taken.has(port));
}
