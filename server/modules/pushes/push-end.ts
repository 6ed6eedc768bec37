import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord, clauseKept } from '#modules/audit/index.ts';
import { servicesByIds } from '#modules/lifecycle/index.ts';
import { type Push, pushEnd, pushesFor, pushLock, pushTell } from './push-row.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** Who made an offer takes it back. Throws 404, `push-gone`. */
export async function pushWithdraw(tx: Tx, ctx: Ctx, pushId: string): Promise<void> {
  const { customerId } = customerOf(ctx);
  const own = await tx
    .selectFrom('pushes_push')
    .select('id')
    .where('id', '=', pushId)
    .where('brand', '=', ctx.brand.id)
    .where('from_customer', '=', customerId)
    .executeTakeFirst();
  if (!own) throw common['not-found']();
  const push = await pushLock(tx, ctx, pushId);
  if (!push) throw problem['push-gone']();
  await pushEnd(tx, ctx, push, { state: 'withdrawn' });
  await record(tx, ctx, push, 'push.withdrawn', customerId);
}

/** Whoever it was offered to doesn't want it; the giver is told. Throws 404 (`not-found`) where it isn't theirs to answer. */
export async function pushDecline(tx: Tx, ctx: Ctx, pushId: string): Promise<void> {
  const { customerId } = customerOf(ctx);
  if ((await pushesFor(tx, ctx, customerOf(ctx), pushId)).length === 0) throw common['not-found']();
  const push = await pushLock(tx, ctx, pushId);
  if (!push) throw problem['push-gone']();
  await pushEnd(tx, ctx, push, { state: 'declined', to: customerId });
  await record(tx, ctx, push, 'push.refused', customerId);
  // On the giver's side it is nobody's act: who declined is none of its business.
  const byItself = { ...ctx, actor: { kind: 'system' as const, name: 'pushes' }, ip: null };
  const notice = await tellGiver(tx, ctx, push, 'push-declined');
  await record(tx, byItself, push, 'push.declined', push.from_customer, [notice]);
}

/** Nobody took it in time. */
export async function pushLapse(tx: Tx, ctx: Ctx, push: Push): Promise<void> {
  await pushEnd(tx, ctx, push, { state: 'lapsed' });
  const notice = await tellGiver(tx, ctx, push, 'push-lapsed');
  await record(tx, ctx, push, 'push.lapsed', push.from_customer, [notice]);
}

async function tellGiver(
  tx: Tx,
  ctx: Ctx,
  push: Push,
  kind: 'push-declined' | 'push-lapsed',
): Promise<string> {
  const [service] = await servicesByIds(tx, push.brand, [push.service_id]);
  return pushTell(tx, ctx, push.from_customer, {
    kind,
    dedupe: `${kind}:${push.id}`,
    values: { hostname: service?.label ?? '', to: push.to_shown, clause: push.clause_id },
  });
}

function record(
  tx: Tx,
  ctx: Ctx,
  push: Push,
  action: string,
  customerId: string,
  notices: string[] = [],
): Promise<void> {
  return auditRecord(tx, ctx, {
    action,
    subject: { kind: 'service', id: push.service_id },
    customerId,
    clause: clauseKept(push),
    facts: { push: push.id },
    notices,
  });
}
