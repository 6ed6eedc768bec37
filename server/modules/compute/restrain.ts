import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { catalogueInForce } from '#modules/catalogue/index.ts';
import { gate } from '#modules/gates/index.ts';
import { servicesByIds } from '#modules/lifecycle/index.ts';
import { policyNow } from '#modules/verification/index.ts';
import { reconcileAllSoon, reconcileSoon } from './reconcile-soon.ts';
import { WEB } from './rules.ts';
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

/** What of the gate of websites says that no site may be open; a ban leaves what runs to measures of its own. */
const SHUT = ['filing-needed', 'act-restricted'];

/**
 * Whether the web's ports of a machine in this region lead nowhere: in the mainland, until a site of its customer may be
 * open (七牛云 3.1.3.1, 亚云 4.5.1).
 */
export async function webShutIn(
  db: Tx,
  ctx: Ctx,
  of: { customerId: string; region: string },
): Promise<boolean> {
  const { document } = await catalogueInForce(db, ctx.brand.id, ctx.now);
  // A region that is no longer sold stays where it was; what isn't known is taken for the mainland.
  const mainland = document.regions.find(({ id }) => id === of.region)?.mainland ?? true;
  return mainland && (await websiteShut(db, ctx, of.customerId));
}

async function websiteShut(db: Tx, ctx: Ctx, customerId: string): Promise<boolean> {
  const answer = await gate(db, ctx, { customerId, act: 'website' });
  return !answer.open && SHUT.includes(answer.code);
}

/** Something that the gate depends on has changed: ports of the customer's machines open or shut with it. */
export async function webSettle(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  const machines = await tx
    .selectFrom('compute_instance')
    .select(['id', 'web_shut'])
    .where('customer_id', '=', customerId)
    .where('gone_at', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  if (machines.length === 0) return;
  const services = await servicesByIds(
    tx,
    ctx.brand.id,
    machines.map(({ id }) => id),
  );
  const moved: { id: string; shut: boolean }[] = [];
  for (const { id, web_shut } of machines) {
    const region = services.find((service) => service.id === id)?.region ?? '';
    const shut = await webShutIn(tx, ctx, { customerId, region });
    if (shut !== web_shut) moved.push({ id, shut });
  }
  if (moved.length === 0) return;
  for (const { id, shut } of moved)
    await tx.updateTable('compute_instance').set({ web_shut: shut }).where('id', '=', id).execute();
  const policy = await policyNow(tx, ctx, customerId);
  await auditRecordAll(
    tx,
    ctx,
    moved.map(({ id, shut }) => ({
      action: shut ? 'web.shut' : 'web.opened',
      subject: { kind: 'service', id },
      customerId,
      ...(policy?.parameters.filing ? { clause: policy.clauseOf('filing') } : {}),
      facts: { ports: WEB },
    })),
  );
  await reconcileAllSoon(
    tx,
    moved.map(({ id }) => id),
  );
}
