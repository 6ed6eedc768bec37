import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { customerOf, PAGE_SIZE, staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import { addDays } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { ANSWER_DAYS, problem } from './rules.ts';
import type { RequestKind, RequestTable } from './tables.ts';
import './tables.ts';

export type Request = Selectable<RequestTable>;

declare module '#kernel/events.ts' {
  interface Events {
    /** What somebody asked about their data was answered. */
    'privacy.answered': {
      requestId: string;
      customerId: string;
      userId: string;
      done: boolean;
      answer: string;
    };
  }
}

/** Puts on record what somebody asks, with its deadline. `contact`: of a stranger, who has no account. Returns its id. */
export async function requestFile(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  asked: { kind: RequestKind; text: string | null; contact?: string; actAt?: Date; done?: boolean },
): Promise<string> {
  const { kind, text, contact, actAt, done = false } = asked;
  const own = ctx.actor.kind === 'customer' ? customerOf(ctx) : null;
  const id = newId();
  await tx
    .insertInto('privacy_request')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: own?.customerId ?? null,
      user_id: own?.userId ?? null,
      kind,
      text_sealed: text === null ? null : sealer.seal(text, `privacy-text:${id}`),
      contact_sealed: contact === undefined ? null : sealer.seal(contact, `privacy-contact:${id}`),
      asked_at: ctx.now,
      due_at: addDays(ctx.now, ANSWER_DAYS, ctx.brand.zone),
      act_at: actAt ?? null,
      state: done ? 'done' : 'open',
      ended_at: done ? ctx.now : null,
      decided_by: null,
      answer: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: `privacy.${kind}-asked`,
    subject: { kind: 'privacy-request', id },
    customerId: own?.customerId ?? null,
  });
  return id;
}

export async function requestLock(tx: Tx, ctx: Ctx, id: string): Promise<Request> {
  const row = await tx
    .selectFrom('privacy_request')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw common['not-found']();
  return row;
}

/** Staff answer: done as asked, or not and why. Throws 404, `request-ended`. */
export async function requestAnswer(
  tx: Tx,
  ctx: Ctx,
  given: { id: string; done: boolean; answer: string },
): Promise<void> {
  const row = await requestLock(tx, ctx, given.id);
  if (row.state !== 'open' || row.act_at !== null) throw problem['request-ended']();
  await requestEnd(tx, ctx, row.id, given.done ? 'done' : 'refused', {
    answer: given.answer,
    by: staffOf(ctx).staffId,
  });
  await auditRecord(tx, ctx, {
    action: given.done ? 'privacy.request-done' : 'privacy.request-refused',
    subject: { kind: 'privacy-request', id: row.id },
    customerId: row.customer_id,
    facts: { kind: row.kind, late: row.due_at < ctx.now },
  });
  if (row.customer_id && row.user_id) {
    const { customer_id: customerId, user_id: userId } = row;
    const { done, answer } = given;
    await ctx.bus.emit(tx, ctx, 'privacy.answered', { requestId: row.id, customerId, userId, done, answer });
  }
}

export async function requestEnd(
  tx: Tx,
  ctx: Ctx,
  id: string,
  state: 'done' | 'refused' | 'withdrawn' | 'stopped',
  how: { answer?: string; by?: string } = {},
): Promise<void> {
  await tx
    .updateTable('privacy_request')
    .set({ state, ended_at: ctx.now, answer: how.answer ?? null, decided_by: how.by ?? null })
    .where('id', '=', id)
    .execute();
}

/** Somebody's own, newest first. */
export function requestsOf(db: Db | Tx, userId: string): Promise<Request[]> {
  return db
    .selectFrom('privacy_request')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE)
    .execute();
}

export function requestList(
  db: Db | Tx,
  brand: string,
  filter: { open?: boolean | undefined; before?: string | undefined },
): Promise<Request[]> {
  return db
    .selectFrom('privacy_request')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.open === true, (q) => q.where('state', '=', 'open'))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export function requestText(sealer: Sealer, row: Request): string | null {
  return row.text_sealed ? sealer.open(row.text_sealed, `privacy-text:${row.id}`) : null;
}

export function requestContact(sealer: Sealer, row: Request): string | null {
  return row.contact_sealed ? sealer.open(row.contact_sealed, `privacy-contact:${row.id}`) : null;
}
