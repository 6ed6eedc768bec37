import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { customerOf, staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { pick } from '#kernel/text.ts';
import { naturalDay } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { domainForm, isWithin, provenOf, requireDomain } from '#modules/domains/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { acceptanceLatest, type Policy, policyOf } from '#modules/terms/index.ts';
import type { Filing } from './filing-read.ts';
import { type FilingKind, filingEnds, filingNumber, filingWarns, problem } from './rules.ts';
import './tables.ts';
import { FILING_NAMES } from './words.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A filing of the customer's counts from now on, or counts no more: what waits for one may open or shut. */
    'filing.moved': { customerId: string };
  }
}

/**
 * The customer enters a filing or permit of one of its domains; it counts once staff have looked at it. Throws
 * `filing-not-in-terms`, `filing-form`, `filing-expired`, `filing-there`, `domain-not-proven`.
 */
export async function filingAdd(
  tx: Tx,
  ctx: Ctx,
  wanted: { kind: FilingKind; number: string; domain: string; subject: string; validUntil: string | null },
): Promise<string> {
  const { customerId } = customerOf(ctx);
  const policy = await policyFor(tx, ctx, customerId);
  const kinds = policy?.parameters.filing?.kinds ?? [];
  if (!policy || !kinds.includes(wanted.kind)) {
    const names = kinds.map((kind) => pick(FILING_NAMES[kind], ctx.locale)).join(', ');
    throw problem['filing-not-in-terms']({ kinds: names || '—' });
  }
  if (wanted.validUntil !== null && wanted.validUntil < naturalDay(ctx.now, ctx.brand.zone))
    throw problem['filing-expired']();
  const { kind, subject } = wanted;
  const number = filingNumber(kind, wanted.number);
  const domain = domainForm(wanted.domain);
  if (!number || !domain)
    throw problem['filing-form']({}, { errors: [{ field: number ? 'domain' : 'number', message: 'form' }] });
  await requireDomain(tx, customerId, domain);
  const id = newId();
  try {
    await tx
      .insertInto('gates_filing')
      .values({
        ...{ id, kind, number, subject, brand: ctx.brand.id, customer_id: customerId },
        domain,
        valid_until: wanted.validUntil,
        state: 'waiting',
        entered_at: ctx.now,
        decided_at: null,
        decided_by: null,
        decision_reason: null,
        revoked_by: null,
        revoked_reason: null,
        due_at: null,
        warned_at: null,
        ended_at: null,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'gates_filing_once') throw problem['filing-there']();
    throw error;
  }
  await auditRecord(tx, ctx, {
    action: 'filing.entered',
    subject: { kind: 'filing', id },
    customerId,
    clause: policy.clauseOf('filing'),
    facts: { kind, number, domain, valid_until: wanted.validUntil },
  });
  return id;
}

/** The customer takes one off the register. */
export async function filingWithdraw(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const { customerId } = customerOf(ctx);
  const row = await locked(tx, ctx, id);
  if (row.customer_id !== customerId) throw kernelProblem['not-found']();
  if (row.state !== 'waiting' && row.state !== 'approved') throw problem['filing-over']();
  await tx
    .updateTable('gates_filing')
    .set({ state: 'withdrawn', due_at: null, ended_at: ctx.now })
    .where('id', '=', id)
    .execute();
  await record(tx, ctx, row, 'filing.withdrawn', [], {});
  if (row.state === 'approved') await moved(tx, ctx, row);
}

/** Staff looked it up: it counts from now on, or is refused with the reason. Throws `filing-over`, `filing-expired`. */
export async function filingDecide(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; approve: boolean; reason: string },
): Promise<void> {
  const row = await locked(tx, ctx, input.id);
  if (row.state !== 'waiting') throw problem['filing-over']();
  const { zone } = ctx.brand;
  if (input.approve && row.valid_until !== null && row.valid_until < naturalDay(ctx.now, zone))
    throw problem['filing-expired']();
  if (input.approve) await requireDomain(tx, row.customer_id, row.domain);
  await tx
    .updateTable('gates_filing')
    .set({
      state: input.approve ? 'approved' : 'refused',
      decided_at: ctx.now,
      decided_by: staffOf(ctx).staffId,
      decision_reason: input.reason,
      due_at: input.approve && row.valid_until !== null ? filingWarns(row.valid_until, zone) : null,
    })
    .where('id', '=', row.id)
    .execute();
  const outcome = input.approve
    ? { zh: '审核通过', en: 'approved' }
    : { zh: '未通过审核', en: 'not approved' };
  const values = { outcome: await inWords(tx, row, outcome), reason: input.reason };
  const notice = await tell(tx, ctx, row, 'filing-decided', values);
  const facts = { approved: input.approve, reason: input.reason };
  await record(tx, ctx, row, input.approve ? 'filing.approved' : 'filing.refused', [notice], facts);
  if (input.approve) await moved(tx, ctx, row);
}

/** Staff take an approved one back: it counts no more, and the customer is told why. Throws `filing-over`. */
export async function filingRevoke(tx: Tx, ctx: Ctx, input: { id: string; reason: string }): Promise<void> {
  const row = await locked(tx, ctx, input.id);
  if (row.state !== 'approved') throw problem['filing-over']();
  const { staffId: revoked_by } = staffOf(ctx);
  await tx
    .updateTable('gates_filing')
    .set({ state: 'revoked', revoked_by, revoked_reason: input.reason, due_at: null, ended_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  const outcome = await inWords(tx, row, { zh: '已撤销，不再有效', en: 'revoked, it counts no more' });
  const notice = await tell(tx, ctx, row, 'filing-decided', { outcome, reason: input.reason }, 'revoked');
  await record(tx, ctx, row, 'filing.revoked', [notice], { reason: input.reason });
  await moved(tx, ctx, row);
}

/** Warns before an approval runs out, and closes what rested on it when it does. */
export async function filingDue(tx: Tx, ctx: Ctx, row: Filing): Promise<void> {
  const ends = filingEnds(row.valid_until!, ctx.brand.zone);
  if (ends <= ctx.now) return expire(tx, ctx, row);
  const notice = await tell(tx, ctx, row, 'filing-expiring', { until: row.valid_until! });
  await tx
    .updateTable('gates_filing')
    .set({ due_at: ends, warned_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  await record(tx, ctx, row, 'filing.expiring', [notice], { valid_until: row.valid_until });
}

async function expire(tx: Tx, ctx: Ctx, row: Filing): Promise<void> {
  await tx
    .updateTable('gates_filing')
    .set({ state: 'expired', due_at: null, ended_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  const outcome = await inWords(tx, row, { zh: '已到期', en: 'has run out' });
  const notice = await tell(tx, ctx, row, 'filing-decided', { outcome, reason: '' }, 'expired');
  await record(tx, ctx, row, 'filing.expired', [notice], { valid_until: row.valid_until });
  await moved(tx, ctx, row);
}

/** A domain is no longer the customer's: its filings go with it, unless another of their domains covers them. */
export async function filingsLost(
  tx: Tx,
  ctx: Ctx,
  of: { customerId: string; domain: string },
): Promise<void> {
  const left = await provenOf(tx, of.customerId);
  const rows = await tx
    .selectFrom('gates_filing')
    .selectAll()
    .where('customer_id', '=', of.customerId)
    .where('state', 'in', ['waiting', 'approved'])
    .orderBy('id')
    .forUpdate()
    .execute();
  const lost = rows.filter(
    ({ domain }) => isWithin(domain, of.domain) && !left.some((own) => isWithin(domain, own)),
  );
  for (const row of lost) {
    await tx
      .updateTable('gates_filing')
      .set({ state: 'withdrawn', due_at: null, ended_at: ctx.now })
      .where('id', '=', row.id)
      .execute();
    await record(tx, ctx, row, 'filing.domain-lost', [], {});
  }
  if (lost.some(({ state }) => state === 'approved'))
    await ctx.bus.emit(tx, ctx, 'filing.moved', { customerId: of.customerId });
}

function moved(tx: Tx, ctx: Ctx, { customer_id: customerId }: Filing): Promise<void> {
  return ctx.bus.emit(tx, ctx, 'filing.moved', { customerId });
}

async function inWords(tx: Tx, row: Filing, text: { zh: string; en: string }): Promise<string> {
  return pick(text, (await customerRead(tx, row.customer_id)).locale);
}

async function locked(tx: Tx, ctx: Ctx, id: string): Promise<Filing> {
  const row = await tx
    .selectFrom('gates_filing')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

async function policyFor(tx: Tx, ctx: Ctx, customerId: string): Promise<Policy | null> {
  const latest = await acceptanceLatest(tx, customerId);
  if (!latest) return null;
  return policyOf(tx, { customerId, serviceId: null, acceptanceId: latest.acceptanceId }, ctx.now);
}

async function tell(
  tx: Tx,
  ctx: Ctx,
  row: Filing,
  kind: 'filing-decided' | 'filing-expiring',
  values: Record<string, string>,
  turn: string = kind,
): Promise<string> {
  const { id, user_id: userId, email, locale } = await customerRead(tx, row.customer_id);
  const policy = await policyFor(tx, ctx, row.customer_id);
  const said = {
    subject: row.domain,
    number: row.number,
    filing: pick(FILING_NAMES[row.kind], locale),
    clause: policy?.parameters.filing?.clause ?? '—',
  };
  const to = { customerId: id, userId, email, locale };
  return noticeSend(tx, ctx, { kind, dedupe: `${turn}:${row.id}`, to, values: { ...said, ...values } });
}

async function record(
  tx: Tx,
  ctx: Ctx,
  row: Filing,
  action: string,
  notices: string[],
  facts: Record<string, unknown>,
): Promise<void> {
  const policy = await policyFor(tx, ctx, row.customer_id);
  const state = action.replace('filing.', '');
  const turned = state === 'expiring' ? {} : { before: { state: row.state }, after: { state } };
  await auditRecord(tx, ctx, {
    action,
    subject: { kind: 'filing', id: row.id },
    customerId: row.customer_id,
    ...(policy?.parameters.filing ? { clause: policy.clauseOf('filing') } : {}),
    facts: { kind: row.kind, number: row.number, domain: row.domain, ...facts, ...turned },
    notices,
  });
}
