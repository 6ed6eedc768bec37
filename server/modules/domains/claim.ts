import { randomBytes } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import { type LocalizedText, pick } from '#kernel/text.ts';
import { addDays, wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { type Claim, claimHolder } from './claim-read.ts';
import type { Seen } from './driver.ts';
import { CHECK_AGAIN_DAYS, CHECK_DAYS, CLAIMS_MOST, MISSING_DAYS, problem } from './rules.ts';
import type { ProofMethod } from './tables.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A domain doesn't count as the customer's any more. */
    'domain.lost': { customerId: string; domain: string };
  }
}

/** The customer says that a domain is theirs; what shows it is to be set up there. Returns the claim's id. */
export async function claimAdd(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; domain: string },
): Promise<string> {
  const { customerId, domain } = input;
  const { count } = await tx
    .selectFrom('domains_claim')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['asked', 'proven'])
    .executeTakeFirstOrThrow();
  if (Number(count) >= CLAIMS_MOST) throw problem['domains-many']();
  const id = newId();
  try {
    await tx
      .insertInto('domains_claim')
      .values({
        ...{ id, domain, brand: ctx.brand.id, customer_id: customerId, state: 'asked', asked_at: ctx.now },
        token: randomBytes(20).toString('hex'),
        ...{ method: null, proven_at: null, seen_at: null, missing_since: null, check_at: null },
        ...{ ended_at: null, end_reason: null },
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'domains_claim_once') throw problem['domain-claimed']();
    throw error;
  }
  await record(tx, ctx, { id, customer_id: customerId, domain }, 'domain.claimed');
  return id;
}

/**
 * The proof was seen. Another customer who held the domain loses it if theirs is gone (`holderMissing`, as it was seen just
 * now). Throws `domain-held` otherwise, 404 when the claim went meanwhile.
 */
export async function claimProve(
  tx: Tx,
  ctx: Ctx,
  input: { claim: Claim; method: ProofMethod; holderMissing: boolean },
): Promise<void> {
  const { claim, method } = input;
  const holder = await claimHolder(tx, ctx.brand.id, claim.domain);
  if (holder && holder.id !== claim.id) {
    if (!input.holderMissing) throw problem['domain-held']();
    await claimLose(tx, ctx, holder, 'another');
  }
  try {
    const proven = await tx
      .updateTable('domains_claim')
      .set({
        ...{ state: 'proven', method, seen_at: ctx.now, missing_since: null },
        proven_at: claim.proven_at ?? ctx.now,
        check_at: addDays(ctx.now, CHECK_DAYS, ctx.brand.zone),
      })
      .where('id', '=', claim.id)
      .where('state', 'in', ['asked', 'proven'])
      .executeTakeFirst();
    if (proven.numUpdatedRows === 0n) throw common['not-found']();
  } catch (error) {
    if (violated(error) === 'domains_claim_proven') throw problem['domain-held']();
    throw error;
  }
  await record(tx, ctx, claim, 'domain.proven', { method });
}

/** What a look at a proven domain found: kept, warned of, or, once it was missing for days, lost. */
export async function claimSeen(tx: Tx, ctx: Ctx, id: string, seen: Seen): Promise<void> {
  const claim = await tx
    .selectFrom('domains_claim')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'proven')
    .forUpdate()
    .executeTakeFirst();
  if (!claim) return;
  const { zone } = ctx.brand;
  const next = addDays(ctx.now, seen === 'there' ? CHECK_DAYS : CHECK_AGAIN_DAYS, zone);
  if (seen === 'there') {
    await tx
      .updateTable('domains_claim')
      .set({ seen_at: ctx.now, missing_since: null, check_at: next })
      .where('id', '=', id)
      .execute();
    return;
  }
  if (
    seen === 'missing' &&
    claim.missing_since &&
    addDays(claim.missing_since, MISSING_DAYS, zone) <= ctx.now
  )
    return claimLose(tx, ctx, claim, 'gone');
  if (seen === 'missing' && !claim.missing_since) {
    const until = wallClock(addDays(ctx.now, MISSING_DAYS, zone), zone);
    const notice = await tell(tx, ctx, claim, 'domain-missing', { until });
    await record(tx, ctx, claim, 'domain.missing', {}, [notice]);
  }
  await tx
    .updateTable('domains_claim')
    .set({
      check_at: next,
      missing_since: seen === 'missing' ? (claim.missing_since ?? ctx.now) : claim.missing_since,
    })
    .where('id', '=', id)
    .execute();
}

const LOST: Record<'gone' | 'another', LocalizedText> = {
  gone: { zh: '验证记录已不存在', en: 'its proof is gone' },
  another: { zh: '另一账户验证了它', en: 'another account showed that it is theirs' },
};

async function claimLose(tx: Tx, ctx: Ctx, claim: Claim, why: 'gone' | 'another'): Promise<void> {
  await end(tx, ctx, claim.id, 'lost', why);
  const { locale } = await customerRead(tx, claim.customer_id);
  const notice = await tell(tx, ctx, claim, 'domain-lost', { reason: pick(LOST[why], locale) });
  await record(tx, ctx, claim, 'domain.lost', { why }, [notice]);
  await ctx.bus.emit(tx, ctx, 'domain.lost', { customerId: claim.customer_id, domain: claim.domain });
}

/** The customer takes it off the list. */
export async function claimWithdraw(tx: Tx, ctx: Ctx, claim: Claim): Promise<void> {
  await end(tx, ctx, claim.id, 'withdrawn', 'withdrawn');
  await record(tx, ctx, claim, 'domain.withdrawn');
  if (claim.state === 'proven')
    await ctx.bus.emit(tx, ctx, 'domain.lost', { customerId: claim.customer_id, domain: claim.domain });
}

async function end(
  tx: Tx,
  ctx: Ctx,
  id: string,
  state: 'lost' | 'withdrawn',
  end_reason: 'gone' | 'another' | 'withdrawn',
): Promise<void> {
  await tx
    .updateTable('domains_claim')
    .set({ state, end_reason, ended_at: ctx.now, check_at: null })
    .where('id', '=', id)
    .execute();
}

async function tell(
  tx: Tx,
  ctx: Ctx,
  claim: Claim,
  kind: 'domain-missing' | 'domain-lost',
  values: Record<string, string>,
): Promise<string> {
  const { user_id: userId, email, locale } = await customerRead(tx, claim.customer_id);
  return noticeSend(tx, ctx, {
    kind,
    dedupe: `${kind}:${claim.id}:${ctx.now.toISOString()}`,
    to: { customerId: claim.customer_id, userId, email, locale },
    values: { domain: claim.domain, ...values },
  });
}

function record(
  tx: Tx,
  ctx: Ctx,
  claim: Pick<Claim, 'id' | 'customer_id' | 'domain'>,
  action: string,
  facts: Record<string, unknown> = {},
  notices: string[] = [],
): Promise<void> {
  return auditRecord(tx, ctx, {
    action,
    subject: { kind: 'domain', id: claim.id },
    customerId: claim.customer_id,
    facts: { domain: claim.domain, ...facts },
    notices,
  });
}
