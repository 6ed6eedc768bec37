import { type Selectable, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, signal, type Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';
import { escapeLike } from '#kernel/text.ts';
import { customersByIds } from '#modules/identity/index.ts';
import { type NoticeRequest, noticeSendAll } from '#modules/notify/index.ts';
import type { PolicySubject } from '#modules/terms/index.ts';
import type { ServiceTable } from './tables.ts';
import './tables.ts';

export type Service = Selectable<ServiceTable>;

/**
 * Locks it: one act on a service at a time. With `ctx`, for a customer's own act: it may have passed to another while the
 * lock was waited for (room pushes), and is `not-found` then.
 */
export async function serviceLock(tx: Tx, serviceId: string, ctx?: Ctx): Promise<Service> {
  const service = await tx
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('id', '=', serviceId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (ctx) requireOwner(ctx, service.customer_id);
  return service;
}

/** A customer acts on what is its own alone; staff and the system on anybody's. Throws `not-found`. */
export function requireOwner({ actor }: Ctx, customerId: string): void {
  if (actor.kind === 'customer' && actor.customerId !== customerId) throw problem['not-found']();
}

/** Of which service's policy is asked. */
export function policyOn(service: Pick<Service, 'id' | 'customer_id' | 'acceptance_id'>): PolicySubject {
  return { customerId: service.customer_id, serviceId: service.id, acceptanceId: service.acceptance_id };
}

export async function serviceSet(tx: Tx, service: Service, set: Partial<Service>): Promise<Service> {
  await tx.updateTable('lifecycle_service').set(set).where('id', '=', service.id).execute();
  await serviceChanged(tx, service.id);
  return { ...service, ...set };
}

/** Wakes the pages that show this service. */
export function serviceChanged(tx: Tx, serviceId: string): Promise<void> {
  return signal(tx, `service:${serviceId}`);
}

export async function servicesChanged(tx: Tx, serviceIds: readonly string[]): Promise<void> {
  await sql`select pg_notify('cloudpact', 'service:' || id) from unnest(${serviceIds}::text[]) id`.execute(
    tx,
  );
}

/** The customer's own service; null for everybody else's and for none. */
export async function serviceFind(
  db: Db | Tx,
  ctx: Ctx,
  customerId: string,
  serviceId: string,
): Promise<Service | null> {
  const row = await db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('id', '=', serviceId)
    .where('customer_id', '=', customerId)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  return row ?? null;
}

/** For staff: any customer's, of this brand. */
export async function serviceInBrand(db: Db | Tx, ctx: Ctx, serviceId: string): Promise<Service | null> {
  const row = await db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('id', '=', serviceId)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  return row ?? null;
}

export function serviceList(
  db: Db | Tx,
  brand: string,
  filter: {
    customerId?: string | undefined;
    before?: string | undefined;
    of?: readonly string[] | null;
    /** A part of what its owner calls it. */
    label?: string | undefined;
  },
): Promise<Service[]> {
  return db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .$if(Boolean(filter.of), (q) => q.where((e) => e('id', '=', e.fn.any(e.val([...filter.of!])))))
    .$if(Boolean(filter.label), (q) => q.where('label', 'ilike', `%${escapeLike(filter.label!)}%`))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export async function serviceCounts(db: Db | Tx, brand: string): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('lifecycle_service')
    .select(['state', (e) => e.fn.countAll<bigint>().as('count')])
    .where('brand', '=', brand)
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]));
}

export async function servicesByCustomer(
  db: Db | Tx,
  brand: string,
  ids: string[],
): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('lifecycle_service')
    .select(['customer_id', (e) => e.fn.countAll<bigint>().as('count')])
    .where('brand', '=', brand)
    .where('customer_id', 'in', ids)
    .where('state', 'not in', ['deleted', 'failed'])
    .groupBy('customer_id')
    .execute();
  return new Map(rows.map((row) => [row.customer_id, Number(row.count)]));
}

/** Tells the customer something of this service. Returns the notice's id. */
export async function tell(
  tx: Tx,
  ctx: Ctx,
  service: Service,
  notice: Pick<NoticeRequest, 'kind' | 'dedupe' | 'values'>,
): Promise<string> {
  const [id] = await tellAll(tx, ctx, [{ service, ...notice }]);
  return id!;
}

/** The same for many services. Returns the notices' ids in turn. */
export async function tellAll(
  tx: Tx,
  ctx: Ctx,
  notices: readonly ({ service: Service } & Pick<NoticeRequest, 'kind' | 'dedupe' | 'values'>)[],
): Promise<string[]> {
  const people = await reachable(
    tx,
    notices.map(({ service }) => service),
  );
  return noticeSendAll(
    tx,
    ctx,
    notices.map(({ service, kind, dedupe, values }) => ({
      kind,
      dedupe,
      to: people(service),
      values: { hostname: service.label, ...values },
    })),
  );
}

/** Whom to tell of each of these services. */
export async function reachable(tx: Tx, services: readonly Service[]) {
  const ids = [...new Set(services.map(({ customer_id }) => customer_id))];
  const customers = new Map((await customersByIds(tx, ids)).map((customer) => [customer.id, customer]));
  return (service: Service) => {
    const { id, user_id, email, locale } = customers.get(service.customer_id)!;
    return { customerId: id, userId: user_id, email, locale };
  };
}

/** What was said about the end of each service's period, or missed: by service, the farthest reminder first. */
export async function remindersOf(
  tx: Db | Tx,
  services: readonly Service[],
): Promise<Map<string, { days: number; notice: string | null }[]>> {
  const { rows } = await sql<{ service_id: string; days_before: number; notice_id: string | null }>`
    select r.service_id, r.days_before, r.notice_id
    from unnest(${services.map(({ id }) => id)}::uuid[],
      ${services.map(({ period_end }) => period_end.toISOString())}::timestamptz[]) as s (id, period_end)
      join lifecycle_reminder r on r.service_id = s.id and r.period_end = s.period_end
    order by r.days_before desc`.execute(tx);
  const found = new Map<string, { days: number; notice: string | null }[]>();
  for (const row of rows) {
    const own = found.get(row.service_id) ?? [];
    own.push({ days: row.days_before, notice: row.notice_id });
    found.set(row.service_id, own);
  }
  return found;
}

/** The notices that were sent about the end of this service's period. */
export async function noticesOf(tx: Tx, service: Service): Promise<string[]> {
  return sent((await remindersOf(tx, [service])).get(service.id));
}

export function sent(reminders: readonly { notice: string | null }[] = []): string[] {
  return reminders.flatMap(({ notice }) => notice ?? []);
}
