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

export interface Preference {
  topic: Topic;
  email: boolean;
  sms: boolean;
}

/** By topic, by which channels it comes beside the inbox. Where nothing was said: by mail alone. */
export async function preferences(db: Db | Tx, userId: string): Promise<Preference[]> {
  const rows = await db.selectFrom('notify_preference').selectAll().where('user_id', '=', userId).execute();
  const wanted = (topic: Topic, channel: 'email' | 'sms') =>
    rows.find((row) => row.topic === topic && row.channel === channel)?.wanted ?? channel === 'email';
  return TOPIC_NAMES.map((topic) => ({
    topic,
    email: wanted(topic, 'email'),
    sms: wanted(topic, 'sms'),
  }));
}

export async function preferenceSet(
  tx: Tx,
  ctx: Ctx,
  { userId, topic, email, sms }: { userId: string; topic: Topic; email: boolean; sms?: boolean | undefined },
): Promise<void> {
  const row = { user_id: userId, topic, set_at: ctx.now };
  const rows = [{ ...row, channel: 'email' as const, wanted: email }];
  await tx
    .insertInto('notify_preference')
    .values(sms === undefined ? rows : [...rows, { ...row, channel: 'sms' as const, wanted: sms }])
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'topic', 'channel']).doUpdateSet((e) => ({
        wanted: e.ref('excluded.wanted'),
        set_at: ctx.now,
      })),
    )
    .execute();
}

/** Of these pairs of user and topic, who asked for SMS; as `user topic`. */
export async function wantingSms(
  tx: Tx,
  asked: readonly { userId: string | null; topic: Topic | null }[],
): Promise<ReadonlySet<string>> {
  const users = asked.flatMap(({ userId, topic }) => (userId && topic ? [userId] : []));
  if (users.length === 0) return new Set();
  const { rows } = await sql<{ user_id: string; topic: string }>`select user_id, topic from notify_preference
    where user_id = any(${users}::uuid[]) and channel = 'sms' and wanted`.execute(tx);
  return new Set(rows.map(({ user_id, topic }) => `${user_id} ${topic}`));
}
