import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { enqueue } from '#kernel/jobs.ts';
import { problem as common } from '#kernel/problem.ts';
import { addDays, addMinutes, wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { userRead } from '#modules/identity/index.ts';
import { serviceFind, serviceLock } from '#modules/lifecycle/index.ts';
import { pushTell } from './push-row.ts';
import { requirePushable } from './pushable.ts';
import { PUSHES_PER_DAY, problem } from './rules.ts';
import './tables.ts';

/** To whom: a mailbox in its one spelling, or the fingerprint of a number; `shown`: the ends of it. */
export type Addressee = { shown: string } & (
  | { email: string; phoneDigest: null }
  | { email: null; phoneDigest: string }
);

const DAY_MINUTES = 24 * 60;

/**
 * Offers an own service to somebody else of the brand (亚云 3.1.1, 3.2). Whether anybody has that address isn't looked at
 * here: a job tells them, so that the answer and its time are the same for both (F62). Throws `prove-again`, what shuts
 * the gates `push` and `mainland`, `push-not-now`, `push-to-self`, `push-open`, `pushes-spent`.
 */
export async function pushMake(
  tx: Tx,
  ctx: Ctx,
  wanted: { serviceId: string; to: Addressee },
): Promise<{ id: string; expiresAt: Date }> {
  const { customerId, userId } = customerOf(ctx);
  const { to } = wanted;
  await requireStepUp(tx, ctx);
  if (!(await serviceFind(tx, ctx, customerId, wanted.serviceId))) throw common['not-found']();
  const service = await serviceLock(tx, wanted.serviceId);
  if (service.customer_id !== customerId) throw common['not-found']();
  const policy = await requirePushable(tx, ctx, service);
  const own = await userRead(tx, userId);
  if (to.email === null ? own.phone_digest === to.phoneDigest : own.email_normal === to.email)
    throw problem['push-to-self']();
  await roomLeft(tx, ctx, customerId);
  const id = newId();
  const clause = policy.clauseOf('push');
  const expiresAt = addDays(ctx.now, policy.parameters.push!.offer_days, ctx.brand.zone);
  const row = {
    id,
    brand: ctx.brand.id,
    service_id: service.id,
    from_customer: customerId,
    made_by: userId,
    to_email: to.email,
    to_phone_digest: to.phoneDigest,
    to_shown: to.shown,
    made_at: ctx.now,
    expires_at: expiresAt,
    state: 'open' as const,
    clause_id: clause.clause,
    clause_version: clause.version,
    clause_hash: clause.sha256,
  };
  // What nobody answered and no sweep has seen yet stands in nobody's way.
  await lapse(tx, ctx, service.id);
  try {
    await tx.insertInto('pushes_push').values(row).execute();
  } catch (error) {
    if (violated(error) === 'pushes_push_once') throw problem['push-open']();
    throw error;
  }
  const notice = await pushTell(tx, ctx, customerId, {
    kind: 'push-made',
    dedupe: `push-made:${id}`,
    values: {
      hostname: service.label,
      to: to.shown,
      until: wallClock(expiresAt, ctx.brand.zone),
      clause: clause.clause,
    },
    terms: policy.parameters,
  });
  await auditRecord(tx, ctx, {
    action: 'push.offered',
    subject: { kind: 'service', id: service.id },
    customerId,
    clause,
    facts: { push: id, until: expiresAt.toISOString() },
    notices: [notice],
  });
  await enqueue(tx, 'pushes.tell', { push: id });
  return { id, expiresAt };
}

async function lapse(tx: Tx, ctx: Ctx, serviceId: string): Promise<void> {
  await tx
    .updateTable('pushes_push')
    .set({ state: 'lapsed', ended_at: ctx.now, to_email: null, to_phone_digest: null })
    .where('service_id', '=', serviceId)
    .where('state', '=', 'open')
    .where('expires_at', '<=', ctx.now)
    .execute();
}

async function roomLeft(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  const { today } = await tx
    .selectFrom('pushes_push')
    .select((e) => e.fn.countAll<bigint>().as('today'))
    .where('from_customer', '=', customerId)
    .where('made_at', '>', addMinutes(ctx.now, -DAY_MINUTES))
    .executeTakeFirstOrThrow();
  if (Number(today) >= PUSHES_PER_DAY) throw problem['pushes-spent']();
}
