import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Events } from '#kernel/events.ts';
import { enqueue } from '#kernel/jobs.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { regionAt } from '#modules/catalogue/index.ts';
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
  // What isn't known is taken for the mainland.
  const mainland = (await regionAt(db, ctx.brand.id, of.region, ctx.now))?.mainland ?? true;
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

export const WEB_FOLLOW = 'compute.web-follow';

const batch = z.object({
  brand: z.string(),
  regions: z.array(z.string()),
  /** Machines up to this one have followed. */
  after: z.uuid().nullable(),
});
export type WebFollow = z.infer<typeof batch>;
export const readFollow = (payload: unknown): WebFollow => batch.parse(payload);

/** Another catalogue holds: machines in regions whose side of the border it changes follow, some at a time. */
export async function regionsMoved(
  tx: Tx,
  ctx: Ctx,
  { before, document }: Events['catalogue.holds'],
): Promise<void> {
  const was = new Map(before?.regions.map(({ id, mainland }) => [id, mainland]));
  const moved = document.regions.filter(({ id, mainland }) => was.get(id) !== mainland);
  if (moved.length === 0) return;
  const regions = moved.map(({ id }) => id);
  await enqueue(tx, WEB_FOLLOW, { brand: ctx.brand.id, regions, after: null } satisfies WebFollow);
}

const TOGETHER = 200;

export async function webFollow(tx: Tx, ctx: Ctx, { regions, after }: WebFollow): Promise<void> {
  const brand = ctx.brand.id;
  const machines = await tx
    .selectFrom('compute_instance')
    .select(['id', 'customer_id'])
    .where('brand', '=', brand)
    .where('gone_at', 'is', null)
    .$if(after !== null, (q) => q.where('id', '>', after!))
    .orderBy('id')
    .limit(TOGETHER)
    .execute();
  const ids = machines.map(({ id }) => id);
  const services = new Map((await servicesByIds(tx, brand, ids)).map(({ id, region }) => [id, region]));
  const there = machines.filter(({ id }) => regions.includes(services.get(id) ?? ''));
  const customers = new Set(there.map(({ customer_id }) => customer_id));
  for (const customerId of [...customers].sort()) await webSettle(tx, ctx, customerId);
  if (machines.length === TOGETHER)
    await enqueue(tx, WEB_FOLLOW, { brand, regions, after: ids.at(-1)! } satisfies WebFollow);
}
