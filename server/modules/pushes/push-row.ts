import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { customerRead, userRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import type { Parameters } from '#modules/terms/index.ts';
import type { NoticeKind } from '#modules/wording/index.ts';
import type { PushState, PushTable } from './tables.ts';
import './tables.ts';

export type Push = Selectable<PushTable>;

/** What a customer offers or has given away, the newest first, a page and one more. */
export function pushesGiven(
  db: Db | Tx,
  brand: string,
  filter: {
    customerId: string;
    before?: string | undefined;
    /** Only these services; null: all. */
    of: readonly string[] | null;
  },
): Promise<Push[]> {
  return db
    .selectFrom('pushes_push')
    .selectAll()
    .where('brand', '=', brand)
    .where('from_customer', '=', filter.customerId)
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .$if(filter.of !== null, (q) => q.where((e) => e('service_id', '=', e.fn.any(e.val([...filter.of!])))))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** What came to a customer from others, or was declined by it. */
export function pushesTaken(
  db: Db | Tx,
  brand: string,
  customerId: string,
  before?: string,
): Promise<Push[]> {
  return db
    .selectFrom('pushes_push')
    .selectAll()
    .where('brand', '=', brand)
    .where('to_customer', '=', customerId)
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** What stands open for somebody, by the mailbox or number that is verified as theirs; nobody else learns of it. */
export async function pushesFor(
  db: Db | Tx,
  ctx: Ctx,
  { userId, customerId }: { userId: string; customerId: string },
  pushId?: string,
): Promise<Push[]> {
  const user = await userRead(db, userId);
  const email = user.email_verified_at ? user.email_normal : null;
  if (email === null && user.phone_digest === null) return [];
  return db
    .selectFrom('pushes_push')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('state', '=', 'open')
    .where('expires_at', '>', ctx.now)
    .where('from_customer', '<>', customerId)
    .where((e) =>
      e.or([
        ...(email === null ? [] : [e('to_email', '=', email)]),
        ...(user.phone_digest === null ? [] : [e('to_phone_digest', '=', user.phone_digest)]),
      ]),
    )
    .$if(pushId !== undefined, (q) => q.where('id', '=', pushId!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE)
    .execute();
}

/** Locks it if it still stands; null when it doesn't. */
export async function pushLock(tx: Tx, ctx: Ctx, id: string): Promise<Push | null> {
  const row = await tx
    .selectFrom('pushes_push')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .where('state', '=', 'open')
    .where('expires_at', '>', ctx.now)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** It is over: the address goes with it. */
export async function pushEnd(
  tx: Tx,
  ctx: Ctx,
  push: Push,
  end: { state: Exclude<PushState, 'open'>; to?: string; facts?: object; worth?: bigint },
): Promise<void> {
  await tx
    .updateTable('pushes_push')
    .set({
      state: end.state,
      ended_at: ctx.now,
      to_email: null,
      to_phone_digest: null,
      to_customer: end.to ?? null,
      facts: end.facts ? JSON.stringify(end.facts) : null,
      worth_micro: end.worth ?? null,
    })
    .where('id', '=', push.id)
    .execute();
}

/** Tells a customer's owner something of a push. Returns the notice's id. */
export async function pushTell(
  tx: Tx,
  ctx: Ctx,
  customerId: string,
  notice: { kind: NoticeKind; dedupe: string; values: Record<string, string>; terms?: Parameters },
): Promise<string> {
  const { id, user_id: userId, email, locale } = await customerRead(tx, customerId);
  return noticeSend(tx, ctx, { ...notice, to: { customerId: id, userId, email, locale } });
}
