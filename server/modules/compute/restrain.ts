import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Events } from '#kernel/events.ts';
import { enqueue } from '#kernel/jobs.ts';
import { pick } from '#kernel/text.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { regionAt } from '#modules/catalogue/index.ts';
import { gate } from '#modules/gates/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { servicesByIds } from '#modules/lifecycle/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
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

/** A catalogue that moved regions across the border: what shuts for that reason is told, with the version's id. */
interface Followed {
  catalogue: string;
  regions: readonly string[];
}

/** Something that the gate depends on has changed: ports of the customer's machines open or shut with it. */
export async function webSettle(tx: Tx, ctx: Ctx, customerId: string, by?: Followed): Promise<void> {
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
  const moved: Moved[] = [];
  for (const { id, web_shut } of machines) {
    const service = services.find((one) => one.id === id);
    const region = service?.region ?? '';
    const shut = await webShutIn(tx, ctx, { customerId, region });
    if (shut !== web_shut) moved.push({ id, shut, region, label: service?.label ?? id });
  }
  if (moved.length === 0) return;
  for (const { id, shut } of moved)
    await tx.updateTable('compute_instance').set({ web_shut: shut }).where('id', '=', id).execute();
  const policy = await policyNow(tx, ctx, customerId);
  const told = moved.filter(({ shut, region }) => shut && by?.regions.includes(region));
  const notice = by && told.length > 0 ? await shutTell(tx, ctx, customerId, told, by.catalogue) : null;
  await auditRecordAll(
    tx,
    ctx,
    moved.map((machine) => ({
      action: machine.shut ? 'web.shut' : 'web.opened',
      subject: { kind: 'service', id: machine.id },
      customerId,
      ...(policy?.parameters.filing ? { clause: policy.clauseOf('filing') } : {}),
      facts: { ports: WEB, ...(by ? { region: machine.region, catalogue: by.catalogue } : {}) },
      notices: notice && told.includes(machine) ? [notice] : [],
    })),
  );
  await reconcileAllSoon(
    tx,
    moved.map(({ id }) => id),
  );
}

interface Moved {
  id: string;
  shut: boolean;
  region: string;
  label: string;
}

/** Tells whose ports shut because their region is the mainland's now, once for each catalogue. Returns the notice. */
async function shutTell(
  tx: Tx,
  ctx: Ctx,
  customerId: string,
  machines: readonly Moved[],
  catalogue: string,
): Promise<string> {
  const { id, user_id: userId, email, locale } = await customerRead(tx, customerId);
  const policy = await policyNow(tx, ctx, customerId);
  const answer = await gate(tx, { ...ctx, locale }, { customerId, act: 'website' });
  const regions = await Promise.all(
    [...new Set(machines.map(({ region }) => region))].map(async (region) => {
      const sold = await regionAt(tx, ctx.brand.id, region, ctx.now);
      return sold ? pick(sold.name, locale) : region;
    }),
  );
  const listed = (names: string[]) => names.join(locale === 'zh' ? '、' : ', ');
  return noticeSend(tx, ctx, {
    kind: 'web-shut',
    dedupe: `web-shut:${catalogue}:${customerId}`,
    to: { customerId: id, userId, email, locale },
    ...(policy ? { terms: policy.parameters } : {}),
    about: ['servers'],
    values: {
      region: listed(regions),
      ports: WEB.join(locale === 'zh' ? '、' : ', '),
      services: listed(machines.map(({ label }) => label)),
      opens: answer.open ? '' : answer.opens,
      clause: policy?.parameters.filing?.clause ?? '–',
    },
  });
}

export const WEB_FOLLOW = 'compute.web-follow';

const batch = z.object({
  brand: z.string(),
  /** The version that moved them; what was put in the queue before this was said has none. */
  catalogue: z.string().default('unnamed'),
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
  { id: catalogue, before, document }: Events['catalogue.holds'],
): Promise<void> {
  const was = new Map(before?.regions.map(({ id, mainland }) => [id, mainland]));
  const moved = document.regions.filter(({ id, mainland }) => was.get(id) !== mainland);
  if (moved.length === 0) return;
  const regions = moved.map(({ id }) => id);
  await enqueue(tx, WEB_FOLLOW, { brand: ctx.brand.id, catalogue, regions, after: null } satisfies WebFollow);
}

const TOGETHER = 200;

export async function webFollow(tx: Tx, ctx: Ctx, { catalogue, regions, after }: WebFollow): Promise<void> {
  const { there, last } = await standingIn(tx, ctx, regions, after);
  const customers = new Set(there.map(({ customer_id }) => customer_id));
  for (const customerId of [...customers].sort())
    await webSettle(tx, ctx, customerId, { catalogue, regions });
  if (last)
    await enqueue(tx, WEB_FOLLOW, {
      ...{ brand: ctx.brand.id, catalogue, regions },
      after: last,
    } satisfies WebFollow);
}

/** Machines in these regions among the next of the brand's; `last` where there may be more after it. */
async function standingIn(tx: Tx, ctx: Ctx, regions: readonly string[], after: string | null) {
  const machines = await tx
    .selectFrom('compute_instance')
    .select(['id', 'customer_id', 'web_shut'])
    .where('brand', '=', ctx.brand.id)
    .where('gone_at', 'is', null)
    .$if(after !== null, (q) => q.where('id', '>', after!))
    .orderBy('id')
    .limit(TOGETHER)
    .execute();
  const ids = machines.map(({ id }) => id);
  const services = new Map(
    (await servicesByIds(tx, ctx.brand.id, ids)).map(({ id, region }) => [id, region]),
  );
  const there = machines.flatMap((machine) => {
    const region = services.get(machine.id) ?? '';
    return regions.includes(region) ? [{ ...machine, region }] : [];
  });
  return { there, last: machines.length === TOGETHER ? ids.at(-1)! : null };
}

/** Machines by region whose web ports would shut if these regions were the mainland's now, and whose they are. */
export async function webCutOff(
  tx: Tx,
  ctx: Ctx,
  regions: readonly string[],
): Promise<{ region: string; machines: number; customers: number }[]> {
  const shut = new Map<string, boolean>();
  const cut: { region: string; customer_id: string }[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const { there, last } = await standingIn(tx, ctx, regions, after ?? null);
    for (const machine of there.filter(({ web_shut }) => !web_shut)) {
      const { customer_id } = machine;
      if (!shut.has(customer_id)) shut.set(customer_id, await websiteShut(tx, ctx, customer_id));
      if (shut.get(customer_id)) cut.push(machine);
    }
    after = last;
  }
  return regions.flatMap((region) => {
    const of = cut.filter((one) => one.region === region);
    const customers = new Set(of.map(({ customer_id }) => customer_id)).size;
    return of.length === 0 ? [] : [{ region, machines: of.length, customers }];
  });
}
