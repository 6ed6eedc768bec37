import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, signal, type Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { customerRead } from '#modules/identity/index.ts';
import { type NoticeRequest, noticeSend } from '#modules/notify/index.ts';
import type { PolicySubject } from '#modules/terms/index.ts';
import type { ServiceTable } from './tables.ts';
import './tables.ts';

export type Service = Selectable<ServiceTable>;

/** Locks it: one act on a service at a time. */
export function serviceLock(tx: Tx, serviceId: string): Promise<Service> {
  return tx
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('id', '=', serviceId)
    .forUpdate()
    .executeTakeFirstOrThrow();
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
  filter: { customerId?: string | undefined; before?: string | undefined },
): Promise<Service[]> {
  return db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
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
  const customer = await customerRead(tx, service.customer_id);
  const to = {
    customerId: customer.id,
    userId: customer.user_id,
    email: customer.email,
    locale: customer.locale,
  };
  return noticeSend(tx, ctx, { ...notice, to, values: { hostname: service.label, ...notice.values } });
}

/** The notices that were sent about the end of this service's period. */
export async function noticesOf(tx: Tx, service: Service): Promise<string[]> {
  const rows = await tx
    .selectFrom('lifecycle_reminder')
    .select('notice_id')
    .where('service_id', '=', service.id)
    .where('period_end', '=', service.period_end)
    .where('notice_id', 'is not', null)
    .orderBy('days_before', 'desc')
    .execute();
  return rows.map((row) => row.notice_id!);
}
