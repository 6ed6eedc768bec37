import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { enqueue } from '#kernel/jobs.ts';
import { problem as common } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import { addMinutes, naturalDay } from '#kernel/time.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { consentSet, customerFind, customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { codeIsRight, contactReturn, type Lent } from '#modules/reach/index.ts';
import { acceptanceLatest, termsCurrent } from '#modules/terms/index.ts';
import { policyNow, verificationLock } from './policy-now.ts';
import { CONSENT_MINUTES, problem } from './rules.ts';
import type { Relation } from './tables.ts';
import './tables.ts';

/** Told by SMS to whoever's phone it is, and to nobody else. */
const BY_SMS_ALONE = { email: false, sms: true, site: false, otherwise: [] };

export interface ConsentAsked {
  customerId: string;
  relation: Relation;
  method: string;
  /** Both were found to be who they say. */
  names: { minor: string; guardian: string };
  lent: Lent;
}

/** Throws `consent-there`: one that holds or waits for its code. */
export async function consentMayAsk(tx: Tx, customerId: string): Promise<void> {
  await verificationLock(tx, customerId);
  const there = await tx
    .selectFrom('verification_consent')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['asked', 'confirmed', 'signed'])
    .executeTakeFirst();
  if (there) throw problem['consent-there']();
}

/** Sends the code to the guardian's phone; the consent is one when it comes back. Returns its id. */
export async function consentAsk(tx: Tx, ctx: Ctx, sealer: Sealer, asked: ConsentAsked): Promise<string> {
  const { customerId, lent } = asked;
  const id = newId();
  const latest = await acceptanceLatest(tx, customerId);
  const version = latest?.version ?? (await termsCurrent(tx, ctx.brand.id, ctx.now));
  await tx
    .insertInto('verification_consent')
    .values({
      ...{ id, brand: ctx.brand.id, customer_id: customerId, relation: asked.relation },
      ...{ number: numberOf(ctx, id), method: asked.method, terms_version: version.id, state: 'asked' },
      sealed: sealer.seal(JSON.stringify(asked.names), `consent:${id}`),
      ...{ contact_id: lent.contactId, phone_shown: lent.shown },
      ...{ asked_at: ctx.now, expires_at: addMinutes(ctx.now, CONSENT_MINUTES) },
      ...{ confirmed_at: null, signed_at: null, paper_sealed: null, sha256: null, certificate: null },
      ...{ ended_at: null, end_reason: null },
    })
    .execute();
  const { user_id: userId, locale } = await customerRead(tx, customerId);
  await noticeSend(tx, ctx, {
    kind: 'guardian-code',
    dedupe: `guardian-code:${id}`,
    to: { customerId: null, userId, email: lent.shown, locale },
    values: { code: lent.code, minutes: lent.minutes },
    ways: BY_SMS_ALONE,
    contact: { id: lent.contactId, shown: lent.shown },
    secret: true,
  });
  await record(tx, ctx, { id, customer_id: customerId }, 'consent.asked', { relation: asked.relation });
  return id;
}

/** Year, month and day of the brand's zone, and the end of the id: 2026 has no two alike. */
function numberOf(ctx: Ctx, id: string): string {
  const day = naturalDay(ctx.now, ctx.brand.zone).replaceAll('-', '');
  return `GC-${day}-${id.replaceAll('-', '').slice(-10).toUpperCase()}`;
}

/**
 * The code came back: the paper is written and signed next. False when the code is wrong or too old; a wrong try is
 * counted, so the caller must commit before it refuses. Throws 404, `consent-over`.
 */
export async function consentConfirm(
  tx: Tx,
  ctx: Ctx,
  given: { id: string; customerId: string; code: string },
): Promise<boolean> {
  await verificationLock(tx, given.customerId);
  const row = await tx
    .selectFrom('verification_consent')
    .selectAll()
    .where('id', '=', given.id)
    .where('customer_id', '=', given.customerId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw common['not-found']();
  if (row.state !== 'asked') throw problem['consent-over']();
  if (row.expires_at <= ctx.now || !(await codeIsRight(tx, ctx, row.contact_id, given.code))) return false;
  await tx
    .updateTable('verification_consent')
    .set({ state: 'confirmed', confirmed_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  await contactReturn(tx, ctx, row.contact_id);
  await record(tx, ctx, row, 'consent.confirmed', {});
  await enqueue(tx, 'verification.consent', { id: row.id });
  return true;
}

/** Its code never came back: what was kept for it is forgotten. */
export async function consentLapse(tx: Tx, ctx: Ctx, { id }: { id: string }): Promise<void> {
  const row = await tx
    .updateTable('verification_consent')
    .set({ state: 'lapsed', sealed: null, ended_at: ctx.now })
    .where('id', '=', id)
    .where('state', '=', 'asked')
    .returning(['id', 'customer_id', 'contact_id'])
    .executeTakeFirst();
  if (!row) return;
  await contactReturn(tx, ctx, row.contact_id);
  await record(tx, ctx, row, 'consent.lapsed', {});
}

/** A guardian took it back, or it was found false: staff say which. Throws 404, `consent-over`. */
export async function consentWithdraw(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; reason: string },
): Promise<void> {
  const row = await tx
    .updateTable('verification_consent')
    .set({ state: 'withdrawn', ended_at: ctx.now, end_reason: input.reason })
    .where('id', '=', input.id)
    .where('brand', '=', ctx.brand.id)
    .where('state', '=', 'signed')
    .returning(['id', 'customer_id', 'number'])
    .executeTakeFirst();
  if (!row) throw (await consentFind(tx, ctx, input.id)) ? problem['consent-over']() : common['not-found']();
  await consentSet(tx, row.customer_id, null);
  const { user_id: userId, email, locale } = await customerRead(tx, row.customer_id);
  const clause = await minorsClause(tx, ctx, row.customer_id);
  const notice = await noticeSend(tx, ctx, {
    kind: 'guardian-consent-ended',
    dedupe: `guardian-consent-ended:${row.id}`,
    to: { customerId: row.customer_id, userId, email, locale },
    values: { number: row.number, reason: input.reason, clause: clause?.clause ?? '—' },
  });
  await record(tx, ctx, row, 'consent.withdrawn', { reason: input.reason }, [notice]);
}

/** Staff record that a guardian's consent was seen on paper, and under which reference it is filed. */
export async function guardianConsent(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; reference: string },
): Promise<void> {
  const customer = await customerFind(tx, ctx.brand.id, input.customerId);
  if (!customer) throw common['not-found']();
  await consentSet(tx, customer.id, { at: ctx.now, reference: input.reference });
  const clause = await minorsClause(tx, ctx, customer.id);
  await auditRecord(tx, ctx, {
    action: 'customer.guardian-consented',
    subject: { kind: 'customer', id: customer.id },
    customerId: customer.id,
    facts: {
      reference: input.reference,
      before: { guardian_consent: false },
      after: { guardian_consent: true },
    },
    ...(clause ? { clause } : {}),
  });
}

export async function minorsClause(tx: Tx, ctx: Ctx, customerId: string): Promise<ClauseRef | null> {
  const policy = await policyNow(tx, ctx, customerId);
  return policy?.parameters.minors ? policy.clauseOf('minors') : null;
}

function consentFind(db: Db | Tx, ctx: Ctx, id: string) {
  return db
    .selectFrom('verification_consent')
    .select('id')
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
}

export async function record(
  tx: Tx,
  ctx: Ctx,
  row: { id: string; customer_id: string },
  action: string,
  facts: Record<string, unknown>,
  notices: string[] = [],
): Promise<void> {
  const clause = await minorsClause(tx, ctx, row.customer_id);
  await auditRecord(tx, ctx, {
    action,
    subject: { kind: 'consent', id: row.id },
    customerId: row.customer_id,
    ...(clause ? { clause } : {}),
    facts,
    notices,
  });
}
