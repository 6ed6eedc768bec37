import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE, staffOf } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { contactOpen } from '#modules/reach/index.ts';
import { type Delivery, deliveryConclude } from './conclude.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** After so many without an answer it counts as not told. */
const CALLS = 3;

export type TaskOutcome = 'reached' | 'no-answer' | 'wrong-contact';

/** What staff have to tell somebody by phone, QQ or WeChat, the oldest first. */
export function taskList(db: Db | Tx, brand: string) {
  return db
    .selectFrom('notify_delivery as d')
    .innerJoin('notify_notice as n', 'n.id', 'd.notice_id')
    .select([
      'd.id',
      'd.channel',
      'd.address',
      'd.created_at',
      'd.notice_id',
      'n.customer_id',
      'n.kind',
      'n.locale',
      'n.subject',
      'n.body',
      (e) =>
        e
          .selectFrom('notify_delivery_attempt as a')
          .select((c) => c.fn.countAll<bigint>().as('tries'))
          .whereRef('a.delivery_id', '=', 'd.id')
          .as('tries'),
    ])
    .where('d.brand', '=', brand)
    .where('d.state', '=', 'open')
    .orderBy('d.id')
    .limit(PAGE_SIZE)
    .execute();
}

/**
 * Staff say what came of it: told, nobody answered, or the contact isn't the customer's, which marks it as reaching
 * nobody. Throws 404, `task-done` for whoever comes second.
 */
export async function taskOutcome(
  tx: Tx,
  ctx: Ctx,
  given: { id: string; outcome: TaskOutcome; note: string },
): Promise<void> {
  const task = await taskLock(tx, ctx, given.id);
  const { tries } = await tx
    .selectFrom('notify_delivery_attempt')
    .select((e) => e.fn.countAll<bigint>().as('tries'))
    .where('delivery_id', '=', task.id)
    .executeTakeFirstOrThrow();
  const { staffId } = staffOf(ctx);
  await deliveryConclude(tx, ctx, task, {
    outcome: given.outcome,
    detail: given.note || null,
    dead: given.outcome === 'wrong-contact',
    final: Number(tries) + 1 >= CALLS,
    staffId,
  });
  await auditRecord(tx, ctx, {
    action: 'notice.told-by-staff',
    subject: { kind: 'notice', id: task.notice_id },
    customerId: await customerOfNotice(tx, task.notice_id),
    facts: { channel: task.channel, outcome: given.outcome },
    notices: [task.notice_id],
  });
}

/** The number to call; that it was looked at is on record. Throws 404. */
export async function taskReveal(tx: Tx, ctx: Ctx, sealer: Sealer, id: string): Promise<string> {
  const task = await taskLock(tx, ctx, id);
  const contact = task.contact_id && (await contactOpen(tx, sealer, task.contact_id));
  if (!contact) throw kernelProblem['not-found']();
  await auditRecord(tx, ctx, {
    action: 'contact.revealed',
    subject: { kind: 'notice', id: task.notice_id },
    customerId: await customerOfNotice(tx, task.notice_id),
    facts: { channel: task.channel },
  });
  return contact;
}

async function customerOfNotice(tx: Tx, noticeId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('notify_notice')
    .select('customer_id')
    .where('id', '=', noticeId)
    .executeTakeFirstOrThrow();
  return row.customer_id;
}

async function taskLock(tx: Tx, ctx: Ctx, id: string): Promise<Delivery> {
  const task = await tx
    .selectFrom('notify_delivery')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .where('channel', '=', sql<'phone'>`any('{phone,qq,wechat}'::text[])`)
    .forUpdate()
    .executeTakeFirst();
  if (!task) throw kernelProblem['not-found']();
  if (task.state !== 'open') throw problem['task-done']();
  return task;
}
