import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { TOPIC_NAMES, type Topic } from './channels.ts';
import './tables.ts';

/** Among the newest so many the unread are counted: a number by a bell, not a statement. */
const LOOKED_AT = 1_000;

export function inboxList(db: Db | Tx, customerId: string, before?: string) {
  return db
    .selectFrom('notify_notice')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('secret', '=', false)
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export async function inboxUnread(db: Db | Tx, customerId: string): Promise<number> {
  const { rows } = await sql<{ unread: bigint }>`select count(*) as unread from (
      select read_at, secret from notify_notice where customer_id = ${customerId} order by created_at desc limit ${LOOKED_AT}
    ) newest where read_at is null and not secret`.execute(db);
  return Number(rows[0]!.unread);
}

/** The first time that each was opened stays. `ids` null: all. */
export async function inboxRead(tx: Tx, ctx: Ctx, customerId: string, ids: string[] | null): Promise<void> {
  await tx
    .updateTable('notify_notice')
    .set({ read_at: ctx.now })
    .where('customer_id', '=', customerId)
    .where('secret', '=', false)
    .where('read_at', 'is', null)
    .$if(ids !== null, (q) => q.where((e) => e('id', '=', e.fn.any(e.val(ids!)))))
    .execute();
}

/** By topic, whether it comes by mail. */
export async function preferences(db: Db | Tx, userId: string): Promise<Record<Topic, boolean>> {
  const rows = await db
    .selectFrom('notify_preference')
    .select('topic')
    .where('user_id', '=', userId)
    .where('channel', '=', 'email')
    .execute();
  const off = new Set(rows.map(({ topic }) => topic));
  return Object.fromEntries(TOPIC_NAMES.map((topic) => [topic, !off.has(topic)])) as Record<Topic, boolean>;
}

export async function preferenceSet(
  tx: Tx,
  ctx: Ctx,
  given: { userId: string; topic: Topic; email: boolean },
): Promise<void> {
  const key = { user_id: given.userId, topic: given.topic, channel: 'email' as const };
  if (given.email)
    await tx
      .deleteFrom('notify_preference')
      .where('user_id', '=', key.user_id)
      .where('topic', '=', key.topic)
      .where('channel', '=', key.channel)
      .execute();
  else
    await tx
      .insertInto('notify_preference')
      .values({ ...key, set_at: ctx.now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}
