import { type Selectable, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerRead } from '#modules/identity/index.ts';
import { type ContactKind, contactsOf } from '#modules/reach/index.ts';
import { staffTask } from './deliveries-add.ts';
import type { AttemptTable, DeliveryAttemptTable, DeliveryTable, NoticeTable } from './tables.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A contact that a customer still has was found to reach nobody; `shown` as it may be shown. */
    'contact.unreachable': {
      customerId: string;
      kind: ContactKind;
      shown: string;
      noticeId: string | null;
      detail: string;
    };
  }
}

export type Notice = Selectable<NoticeTable>;
export type Delivery = Selectable<DeliveryTable>;

const MASKED = { subject: '******', body: '******' };

/** What came of a mail, on record; a code leaves the record. `dead`: there is no such mailbox. */
export async function mailConclude(
  tx: Tx,
  ctx: Ctx,
  notice: Notice,
  found: { number: number; outcome: AttemptTable['outcome']; detail: string | null; dead?: boolean },
): Promise<void> {
  const { number, outcome, detail } = found;
  await tx
    .insertInto('notify_attempt')
    .values({ notice_id: notice.id, number, at: ctx.now, outcome, detail })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  if (outcome === 'retry') return;
  const sent = outcome === 'sent';
  await tx
    .updateTable('notify_notice')
    .set({
      state: sent ? 'sent' : 'failed',
      sent_at: sent ? ctx.now : null,
      ...(notice.secret ? MASKED : {}),
    })
    .where('id', '=', notice.id)
    .execute();
  if (sent || !notice.customer_id) return;
  if (found.dead) await mailboxDead(tx, ctx, notice, notice.customer_id, detail ?? outcome);
  await missed(tx, ctx, notice.id);
}

/** The customer may have another mailbox since. */
async function mailboxDead(
  tx: Tx,
  ctx: Ctx,
  { id: noticeId, address: shown }: Notice,
  customerId: string,
  detail: string,
): Promise<void> {
  const customer = await customerRead(tx, customerId);
  if (customer.email !== shown) return;
  await ctx.bus.emit(tx, ctx, 'contact.unreachable', { customerId, kind: 'email', shown, noticeId, detail });
}

export interface Found {
  outcome: DeliveryAttemptTable['outcome'];
  detail: string | null;
  /** The contact itself is the reason. */
  dead?: boolean;
  staffId?: string;
  /** Of the sender, when it took the message. */
  receipt?: string | null;
  queryAt?: Date;
  /** The tries are at an end. */
  final?: boolean;
}

/** What came of a delivery by another channel, on record. The caller has locked it. */
export async function deliveryConclude(tx: Tx, ctx: Ctx, delivery: Delivery, found: Found): Promise<void> {
  const { outcome, detail } = found;
  await sql`insert into notify_delivery_attempt (delivery_id, number, at, outcome, detail, staff_id)
    select ${delivery.id}, coalesce(max(number), 0) + 1, ${ctx.now}, ${outcome}, ${detail}, ${found.staffId ?? null}
    from notify_delivery_attempt where delivery_id = ${delivery.id}`.execute(tx);
  const state = stateAfter(delivery, found);
  const ended = state === 'delivered' || state === 'failed';
  await tx
    .updateTable('notify_delivery')
    .set({
      state,
      outcome: detail ?? outcome,
      ...(outcome === 'sent' ? { sent_at: ctx.now, receipt: found.receipt ?? null } : {}),
      ...(found.queryAt ? { query_at: found.queryAt } : {}),
      ...(ended ? { ended_at: ctx.now, query_at: null } : {}),
    })
    .where('id', '=', delivery.id)
    .execute();
  if (state === 'sent' || ended) await maskSecret(tx, delivery);
  if (state !== 'failed') return;
  // First: staff aren't asked to call a number that is known to be dead.
  if (found.dead) await unreachable(tx, ctx, delivery, detail ?? outcome);
  await missed(tx, ctx, delivery.notice_id);
}

function stateAfter(delivery: Delivery, { outcome, final }: Found): Delivery['state'] {
  switch (outcome) {
    case 'sent':
      return 'sent';
    case 'delivered':
    case 'reached':
      return 'delivered';
    case 'retry':
    case 'no-answer':
      return final ? 'failed' : delivery.state;
    case 'refused':
    case 'undelivered':
    case 'wrong-contact':
      return 'failed';
  }
}

async function maskSecret(tx: Tx, delivery: Delivery): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('notify_notice')
    .set(MASKED)
    .where('id', '=', delivery.notice_id)
    .where('secret', '=', true)
    .executeTakeFirst();
  if (numUpdatedRows > 0n)
    await tx
      .updateTable('notify_delivery')
      .set({ body: MASKED.body, vars: null })
      .where('id', '=', delivery.id)
      .execute();
}

async function unreachable(tx: Tx, ctx: Ctx, delivery: Delivery, detail: string): Promise<void> {
  const { customer_id: customerId } = await tx
    .selectFrom('notify_notice')
    .select('customer_id')
    .where('id', '=', delivery.notice_id)
    .executeTakeFirstOrThrow();
  if (!customerId) return;
  // It may have another number since.
  const contact = (await contactsOf(tx, [customerId])).find(({ id }) => id === delivery.contact_id);
  if (!contact) return;
  const { kind, shown } = contact;
  const noticeId = delivery.notice_id;
  await ctx.bus.emit(tx, ctx, 'contact.unreachable', { customerId, kind, shown, noticeId, detail });
}

/** When neither mail nor SMS is still on its way nor got through, staff tell. */
async function missed(tx: Tx, ctx: Ctx, noticeId: string): Promise<void> {
  const { rows } = await sql<{ alive: boolean }>`select
      (n.channel = 'email' and n.state <> 'failed') or exists (select from notify_delivery d
        where d.notice_id = n.id and d.channel <> 'site' and d.state <> 'failed') as alive
    from notify_notice n where n.id = ${noticeId}`.execute(tx);
  if (rows[0] && !rows[0].alive) await staffTask(tx, ctx, noticeId);
}
