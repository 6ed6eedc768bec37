import { createHash } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import { type Sealer, sameSecret, tokenHash } from '#kernel/seal.ts';
import { addDays, naturalDay } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { cashLocked } from '#modules/ledger/index.ts';
import { erasePerson } from './erase.ts';
import { obstacles } from './obstacles.ts';
import { personOf } from './person.ts';
import { type Request, requestEnd, requestFile } from './request.ts';
import { COOLING_DAYS, problem } from './rules.ts';
import type { CertificateFacts } from './tables.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Somebody's deletion waits for its day, was taken back, or was stopped by what stood in its way then. */
    'privacy.deletion': {
      requestId: string;
      customerId: string;
      userId: string;
      what: 'asked' | 'withdrawn' | 'stopped';
      actAt: Date;
      reasons: string[];
    };
  }
}

/** By whoever has them a certificate is read, when its person has no account any more. */
export interface Receipt {
  id: string;
  actAt: Date;
  number: string;
  code: string;
}

/**
 * The person asks to be erased, and the account with them if it is theirs; it is done after the days in which it can be
 * taken back. Returns the number and the code of the certificate to come, which is shown this once. Throws
 * `prove-again`, `account-not-free`, `deletion-asked`.
 */
export async function deletionAsk(tx: Tx, ctx: Ctx, sealer: Sealer): Promise<Receipt> {
  await requireStepUp(tx, ctx);
  const who = customerOf(ctx);
  const standing = await obstacles(tx, ctx.brand, who);
  if (standing.some(({ blocks }) => blocks)) throw problem['account-not-free']();
  if (await deletionOpen(tx, who.userId)) throw problem['deletion-asked']();
  const actAt = addDays(ctx.now, COOLING_DAYS, ctx.brand.zone);
  const id = await requestFile(tx, ctx, sealer, { kind: 'delete', text: null, actAt });
  await ctx.bus.emit(tx, ctx, 'privacy.deletion', { ...said(who, id, actAt), what: 'asked' });
  return { id, actAt, number: numberOf(ctx, id), code: codeOf(sealer, id) };
}

const said = (who: { customerId: string; userId: string }, requestId: string, actAt: Date) => ({
  requestId,
  customerId: who.customerId,
  userId: who.userId,
  actAt,
  reasons: [] as string[],
});

export function deletionOpen(db: Db | Tx, userId: string) {
  return db
    .selectFrom('privacy_request')
    .selectAll()
    .where('user_id', '=', userId)
    .where('kind', '=', 'delete')
    .where('state', '=', 'open')
    .executeTakeFirst();
}

/** Taken back while there is time. Throws 404. */
export async function deletionWithdraw(tx: Tx, ctx: Ctx): Promise<void> {
  const who = customerOf(ctx);
  const row = await deletionOpen(tx, who.userId);
  if (!row?.act_at) throw common['not-found']();
  await requestEnd(tx, ctx, row.id, 'withdrawn');
  await auditRecord(tx, ctx, {
    action: 'privacy.delete-withdrawn',
    subject: { kind: 'privacy-request', id: row.id },
    customerId: who.customerId,
  });
  await ctx.bus.emit(tx, ctx, 'privacy.deletion', { ...said(who, row.id, row.act_at), what: 'withdrawn' });
}

/** Its day has come: the person is erased, unless something stands in the way since. */
export async function deletionAct(tx: Tx, ctx: Ctx, sealer: Sealer, row: Request): Promise<void> {
  const who = { customerId: row.customer_id!, userId: row.user_id! };
  // Who buys holds the cash until the purchase stands: it is either seen here, or comes too late.
  await cashLocked(tx, ctx, [who.customerId]);
  const standing = (await obstacles(tx, ctx.brand, who)).filter(({ blocks }) => blocks);
  if (standing.length > 0) {
    await requestEnd(tx, ctx, row.id, 'stopped', { answer: standing.map(({ kind }) => kind).join(', ') });
    const reasons = standing.map(({ text }) => `${text.zh} ${text.en}`);
    await ctx.bus.emit(tx, ctx, 'privacy.deletion', {
      ...said(who, row.id, row.act_at!),
      what: 'stopped',
      reasons,
    });
    return;
  }
  const person = await personOf(tx, sealer, who);
  await requestEnd(tx, ctx, row.id, 'done');
  const { erased, kept } = await erasePerson(tx, ctx, person);
  const facts: CertificateFacts = {
    asked_at: row.asked_at.toISOString(),
    erased_at: ctx.now.toISOString(),
    erased,
    kept,
  };
  const text = JSON.stringify(facts);
  await tx
    .insertInto('privacy_certificate')
    .values({
      id: newId(),
      request_id: row.id,
      brand: ctx.brand.id,
      number: numberOf({ ...ctx, now: row.asked_at }, row.id),
      code_hash: tokenHash(codeOf(sealer, row.id)),
      facts: text,
      sha256: createHash('sha256').update(text).digest('hex'),
      issued_at: ctx.now,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'privacy.erased',
    subject: { kind: 'privacy-request', id: row.id },
    customerId: person.customerIds[0] ?? null,
    facts: { erased: erased.length, kept: kept.map(({ table }) => table) },
  });
}

/** The day of the request and the end of its id: says nothing of whom. */
function numberOf(ctx: Ctx, requestId: string): string {
  return `E${naturalDay(ctx.now, ctx.brand.zone).replaceAll('-', '')}-${requestId.slice(-12)}`;
}

/** Derived, so that it need not be kept until the certificate is there. */
function codeOf(sealer: Sealer, requestId: string): string {
  return sealer.blind('erasure-certificate', requestId).slice(0, 24);
}

/** A certificate, for whoever has its number and code; null otherwise. */
export async function certificateRead(db: Db | Tx, brand: string, number: string, code: string) {
  const row = await db
    .selectFrom('privacy_certificate')
    .selectAll()
    .where('brand', '=', brand)
    .where('number', '=', number)
    .executeTakeFirst();
  return row && sameSecret(row.code_hash, tokenHash(code)) ? row : null;
}
