import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, violated } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { addDays, wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { serviceWorth } from '#modules/billing/index.ts';
import {
  policyOn,
  requireEndable,
  type Service,
  serviceEndBy,
  serviceLock,
  tell,
} from '#modules/lifecycle/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { PROPOSAL_DAYS, problem } from './rules.ts';
import type { ProposalTable } from './tables.ts';
import './tables.ts';

export type Proposal = Selectable<ProposalTable>;

/**
 * One of the staff proposes to end a service and to give back so much; it ends when its customer accepts. Throws
 * `not-endable`, `proposal-too-much`, `proposal-waiting`.
 */
export async function proposalMake(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; refund: Micro; reason: string },
): Promise<string> {
  const service = await serviceLock(tx, input.serviceId);
  requireEndable(service);
  const left = await serviceWorth(tx, service.id, ctx.now, service.customer_id);
  if (input.refund > left) throw problem['proposal-too-much']({ left: formatYuan(left) });
  const id = newId();
  const expires = addDays(ctx.now, PROPOSAL_DAYS, ctx.brand.zone);
  const notice = await tell(tx, ctx, service, {
    kind: 'end-proposed',
    dedupe: `end-proposed:${id}`,
    values: {
      refund: formatYuan(input.refund),
      reason: input.reason,
      until: wallClock(expires, ctx.brand.zone),
    },
  });
  try {
    await tx
      .insertInto('lifecycle_proposal')
      .values({
        id,
        brand: service.brand,
        service_id: service.id,
        refund_micro: input.refund,
        reason: input.reason,
        proposed_by: staffOf(ctx).staffId,
        proposed_at: ctx.now,
        expires_at: expires,
        state: 'waiting',
        decided_at: null,
        notice_id: notice,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'lifecycle_proposal_once') throw problem['proposal-waiting']();
    throw error;
  }
  const offered = { refund: formatYuan(input.refund), until: expires };
  const facts = { proposal: id, reason: input.reason, before: null, after: offered };
  await record(tx, ctx, service, 'service.end-proposed', facts, [notice]);
  return id;
}

/** The customer's answer. Accepted, the service ends now and the figure goes back. Throws `proposal-over`, `proposal-outrun`. */
export async function proposalDecide(
  tx: Tx,
  ctx: Ctx,
  input: { service: Service; proposalId: string; accept: boolean },
): Promise<Micro> {
  const service = await serviceLock(tx, input.service.id, ctx);
  const proposal = await proposalOpen(tx, ctx, service, input.proposalId);
  await proposalSet(tx, ctx, proposal, input.accept ? 'accepted' : 'declined');
  const facts = { proposal: proposal.id, refund: formatYuan(proposal.refund_micro) };
  const notices = proposal.notice_id ? [proposal.notice_id] : [];
  if (!input.accept) {
    await record(tx, ctx, service, 'service.end-declined', facts, notices);
    return 0n;
  }
  requireEndable(service);
  if ((await serviceWorth(tx, service.id, ctx.now, service.customer_id)) < proposal.refund_micro)
    throw problem['proposal-outrun']();
  await record(tx, ctx, service, 'service.end-accepted', facts, notices);
  const policy = await policyOf(tx, policyOn(service), ctx.now);
  return serviceEndBy(tx, ctx, {
    serviceId: service.id,
    by: 'agreement',
    clause: policy.clauseOf('refund'),
    refund: proposal.refund_micro,
    wipe: 'retention',
    reason: proposal.reason,
    notices,
  });
}

/** Staff take a proposal back before it is answered. Throws `proposal-over`. */
export async function proposalWithdraw(
  tx: Tx,
  ctx: Ctx,
  input: { service: Service; proposalId: string },
): Promise<void> {
  const service = await serviceLock(tx, input.service.id);
  const proposal = await proposalOpen(tx, ctx, service, input.proposalId);
  await proposalSet(tx, ctx, proposal, 'withdrawn');
  await record(tx, ctx, service, 'service.end-withdrawn', {
    proposal: proposal.id,
    before: { state: 'waiting' },
    after: { state: 'withdrawn' },
  });
}

/** Whether an end of this service is proposed and not answered. */
export async function proposalWaits(db: Db | Tx, now: Date, serviceId: string): Promise<boolean> {
  const row = await db
    .selectFrom('lifecycle_proposal')
    .select('id')
    .where('service_id', '=', serviceId)
    .where('state', '=', 'waiting')
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

/** What nobody answered lapses. Returns how many did. */
export async function proposalsLapse(tx: Tx, now: Date): Promise<number> {
  const done = await tx
    .updateTable('lifecycle_proposal')
    .set({ state: 'lapsed', decided_at: now })
    .where('state', '=', 'waiting')
    .where('expires_at', '<=', now)
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
}

async function proposalOpen(tx: Tx, ctx: Ctx, service: Service, id: string): Promise<Proposal> {
  const proposal = await tx
    .selectFrom('lifecycle_proposal')
    .selectAll()
    .where('id', '=', id)
    .where('service_id', '=', service.id)
    .forUpdate()
    .executeTakeFirst();
  if (!proposal) throw kernelProblem['not-found']();
  if (proposal.state !== 'waiting' || proposal.expires_at <= ctx.now) throw problem['proposal-over']();
  return proposal;
}

async function proposalSet(tx: Tx, ctx: Ctx, proposal: Proposal, state: Proposal['state']): Promise<void> {
  await tx
    .updateTable('lifecycle_proposal')
    .set({ state, decided_at: ctx.now })
    .where('id', '=', proposal.id)
    .execute();
}

function record(
  tx: Tx,
  ctx: Ctx,
  service: Service,
  action: string,
  facts: Record<string, unknown>,
  notices: string[] = [],
): Promise<void> {
  const subject = { kind: 'service', id: service.id };
  return auditRecord(tx, ctx, { action, subject, customerId: service.customer_id, facts, notices });
}
