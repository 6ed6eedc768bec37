import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { restrictedAmong } from '#modules/gates/index.ts';
import { customersTake } from '#modules/identity/index.ts';
import { policiesOf } from '#modules/terms/index.ts';
import { nextRenewal } from './rules.ts';
import { policyOn, type Service } from './service-row.ts';
import { renewalsShort, servicesRenew } from './services-renew.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** The next period of a locked service is to be paid by bill: it is issued, or the service goes back to its balance. */
    'service.bill-due': { service: Service };
  }
}

/**
 * Services whose automatic renewal is due, locked; those that another worker has are left to it, and so are other
 * services of its customers, whose money it holds, unless there is nothing else to do.
 */
export async function renewalsDue(tx: Tx, now: Date, brand: string, limit: number): Promise<Service[]> {
  const due = await tx
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('renew_at', '<=', now)
    .where('brand', '=', brand)
    .where('state', 'in', ['active', 'suspended'])
    .orderBy('renew_at')
    .orderBy('customer_id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  const ours = await customersTake(tx, [...new Set(due.map((service) => service.customer_id))]);
  const free = due.filter((service) => ours.has(service.customer_id));
  return free.length > 0 ? free : due;
}

/**
 * Renews what it can of one brand's due services. What can't be paid is told what is missing and tried again when the
 * next reminder would go out, at the end of the period, and when money arrives; meanwhile all goes as the terms say.
 */
export async function servicesAutoRenew(tx: Tx, ctx: Ctx, due: readonly Service[]): Promise<void> {
  const free = await unrestricted(tx, ctx, due);
  for (const service of free.filter(({ renew_by }) => renew_by === 'bill'))
    await ctx.bus.emit(tx, ctx, 'service.bill-due', { service });
  const prepaid = free.filter(({ renew_by }) => renew_by === 'balance');
  if (prepaid.length === 0) return;
  const wanted = prepaid.map((service) => ({ service, months: service.auto_renew_months! }));
  const orders = await servicesRenew(tx, ctx, wanted, 'itself');
  const short = prepaid.flatMap((service, i) => {
    const order = orders[i]!;
    return 'missing' in order ? [{ service, missing: order.missing }] : [];
  });
  if (short.length === 0) return;
  await renewalsShort(tx, ctx, short);
  await renewalsPutOff(
    tx,
    ctx,
    short.map(({ service }) => service),
  );
}

/** Without those whose customers may not renew for now: they are tried when the next reminder would go out. */
async function unrestricted(tx: Tx, ctx: Ctx, due: readonly Service[]): Promise<readonly Service[]> {
  const customers = due.map((service) => service.customer_id);
  const shut = await restrictedAmong(tx, customers, 'renew');
  if (shut.size === 0) return due;
  const isShut = (service: Service) => shut.has(service.customer_id);
  await renewalsPutOff(tx, ctx, due.filter(isShut));
  return due.filter((service) => !isShut(service));
}

/** To the next instant at which it is worth trying. */
export async function renewalsPutOff(tx: Tx, ctx: Ctx, services: readonly Service[]): Promise<void> {
  const policies = await policiesOf(tx, services.map(policyOn), ctx.now);
  for (const [i, service] of services.entries()) {
    const days = policies[i]!.parameters.reminders?.days_before ?? [];
    await tx
      .updateTable('lifecycle_service')
      .set({ renew_at: nextRenewal(service.period_end, days, ctx.now, ctx.brand.zone) })
      .where('id', '=', service.id)
      .execute();
  }
}

/** No bill can be issued for a locked service: from now on it renews itself from the balance, at the next instant for that. */
export async function renewByBalance(tx: Tx, ctx: Ctx, service: Service): Promise<void> {
  await tx
    .updateTable('lifecycle_service')
    .set({ renew_by: 'balance' })
    .where('id', '=', service.id)
    .execute();
  await renewalsPutOff(tx, ctx, [service]);
}

/** Money came in, or a restriction is lifted: what is suspended and renews itself is tried at once. */
export async function renewalsAfterPayment(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  await tx
    .updateTable('lifecycle_service')
    .set({ renew_at: ctx.now })
    .where('customer_id', '=', customerId)
    .where('state', '=', 'suspended')
    .where('auto_renew_months', 'is not', null)
    .execute();
}
