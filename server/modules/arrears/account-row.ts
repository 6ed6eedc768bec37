import { type Selectable, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { naturalDay } from '#kernel/time.ts';
import { customerRead } from '#modules/identity/index.ts';
import { type NoticeRequest, noticeSend } from '#modules/notify/index.ts';
import { perDay, shiftDay } from './rules.ts';
import type { AccountTable, FreezeTable } from './tables.ts';
import './tables.ts';

export type Account = Selectable<AccountTable>;
export type Freeze = Selectable<FreezeTable>;

/** Locks it: one act on an account at a time. Null for a customer who never used anything that is metered. */
export async function accountLock(tx: Tx, customerId: string): Promise<Account | null> {
  const [row] = await accountsLock(tx, [customerId]);
  return row ?? null;
}

/** Those of these customers that have one, in one order, so that nobody waits for another in a circle. */
export function accountsLock(tx: Tx, customerIds: readonly string[]): Promise<Account[]> {
  return tx
    .selectFrom('arrears_account')
    .selectAll()
    .where('customer_id', '=', sql<string>`any(${customerIds}::uuid[])`)
    .orderBy('customer_id')
    .forUpdate()
    .execute();
}

/** How the account stands on record; null for a customer who never used anything that is metered. */
export async function accountFind(db: Db | Tx, customerId: string): Promise<Account | null> {
  const row = await db
    .selectFrom('arrears_account')
    .selectAll()
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  return row ?? null;
}

export async function accountSet(tx: Tx, account: Account, set: Partial<Account>): Promise<Account> {
  await tx.updateTable('arrears_account').set(set).where('customer_id', '=', account.customer_id).execute();
  return { ...account, ...set };
}

export interface Watch {
  customerId: string;
  /** When it is looked at next; null: when there is news. */
  checkAt: Date | null;
  paceSeconds: number;
}

/** These accounts were looked at. */
export async function accountsWatched(tx: Tx, ctx: Ctx, watches: readonly Watch[]): Promise<void> {
  if (watches.length === 0) return;
  await sql`update arrears_account a set check_at = n.check_at, checked_at = ${ctx.now}, pace_seconds = n.pace_seconds
    from unnest(${watches.map(({ customerId }) => customerId)}::uuid[], ${watches.map(({ checkAt }) => checkAt)}::timestamptz[],
      ${watches.map(({ paceSeconds }) => paceSeconds)}::int[]) as n (customer_id, check_at, pace_seconds)
    where a.customer_id = n.customer_id`.execute(tx);
}

/** The freeze that stands, or the one over which the agreement ended; null where the account runs. */
export async function freezeStanding(db: Db | Tx, customerId: string): Promise<Freeze | null> {
  return (await freezesStanding(db, [customerId])).get(customerId) ?? null;
}

/** The same of many customers. */
export async function freezesStanding(
  db: Db | Tx,
  customerIds: readonly string[],
): Promise<Map<string, Freeze>> {
  if (customerIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('arrears_freeze')
    .distinctOn('customer_id')
    .selectAll()
    .where('customer_id', '=', sql<string>`any(${customerIds}::uuid[])`)
    .where('unfrozen_at', 'is', null)
    .orderBy('customer_id')
    .orderBy('frozen_at', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.customer_id, row]));
}

/** What these customers used is more now: each is looked at as soon as its pace allows, a new one at once. */
export async function watchBegin(tx: Tx, ctx: Ctx, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  const ids = [...new Set(customerIds)].sort();
  const at = sql`greatest(${ctx.now}::timestamptz, a.checked_at + make_interval(secs => a.pace_seconds))`;
  await sql`insert into arrears_account as a (customer_id, brand, check_at)
    select id, ${ctx.brand.id}, ${ctx.now} from unnest(${ids}::uuid[]) id
    on conflict (customer_id) do update set check_at = ${at}
      where a.state <> 'ended' and (a.check_at is null or a.check_at > ${at})`.execute(tx);
}

/** The balance of these customers changed: those whose accounts are watched are looked at now. */
export async function lookSoon(tx: Tx, ctx: Ctx, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  const ids = [...new Set(customerIds)];
  await tx
    .updateTable('arrears_account')
    .set({ check_at: ctx.now })
    .where((e) => e('customer_id', '=', e.fn.any(e.val(ids))))
    .where('state', '<>', 'ended')
    .where((e) => e.or([e('check_at', 'is', null), e('check_at', '>', ctx.now)]))
    .execute();
}

/** Adds what was charged to the natural days in which the usage ended. */
export async function consumptionAdd(
  tx: Tx,
  ctx: Ctx,
  charged: readonly { customerId: string; at: Date; amount: bigint }[],
): Promise<void> {
  if (charged.length === 0) return;
  const days = charged.map(({ at }) => naturalDay(at, ctx.brand.zone));
  await sql`insert into arrears_consumption as c (customer_id, day, amount_micro)
    select customer_id, day, sum(amount)::bigint from unnest(${charged.map(({ customerId }) => customerId)}::uuid[],
      ${days}::date[], ${charged.map(({ amount }) => String(amount))}::bigint[]) as n (customer_id, day, amount)
    group by 1, 2 order by 1, 2
    on conflict (customer_id, day) do update set amount_micro = c.amount_micro + excluded.amount_micro`.execute(
    tx,
  );
}

/** What a day costs these customers lately; micro-yuan. */
export async function dailiesOf(
  db: Db | Tx,
  ctx: Ctx,
  customerIds: readonly string[],
): Promise<Map<string, bigint>> {
  const today = naturalDay(ctx.now, ctx.brand.zone);
  const rows = await db
    .selectFrom('arrears_consumption')
    .select(['customer_id', 'day', 'amount_micro as amount'])
    .where('customer_id', '=', sql<string>`any(${customerIds}::uuid[])`)
    .where('day', '>=', shiftDay(today, -7))
    .execute();
  const own = (id: string) => rows.filter((row) => row.customer_id === id);
  return new Map(customerIds.map((id) => [id, perDay(own(id), today)]));
}

/** Tells the customer something of its account. Returns the notice's id. */
export async function tell(
  tx: Tx,
  ctx: Ctx,
  customerId: string,
  notice: Pick<NoticeRequest, 'kind' | 'dedupe' | 'values'>,
): Promise<string> {
  const { user_id: userId, email, locale } = await customerRead(tx, customerId);
  return noticeSend(tx, ctx, { ...notice, to: { customerId, userId, email, locale } });
}
