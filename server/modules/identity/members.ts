import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, violated } from '#kernel/db.ts';
import type { Does } from '#kernel/grant.ts';
import type { Role } from './rules.ts';
import './tables.ts';

/** What somebody was given in a customer. `areas` and `services` are of the custom role alone. */
export interface Given {
  role: Role;
  areas: Record<string, Does> | null;
  services: string[] | null;
}

function members(db: Db | Tx) {
  return db
    .selectFrom('identity_member as m')
    .innerJoin('identity_user as u', 'u.id', 'm.user_id')
    .select(['m.customer_id', 'm.user_id', 'm.role', 'm.areas', 'm.services', 'm.created_at'])
    .select(['u.email', 'u.email_verified_at', 'u.phone_shown', 'u.locale']);
}

export type Member = Awaited<ReturnType<typeof membersOf>>[number];

/** The owner first, then in the order in which they came. */
export function membersOf(db: Db | Tx, customerId: string) {
  return members(db)
    .where('m.customer_id', '=', customerId)
    .orderBy((e) => e('m.role', '=', 'owner'), 'desc')
    .orderBy('m.created_at')
    .execute();
}

export function memberOf(db: Db | Tx, customerId: string, userId: string): Promise<Member | undefined> {
  return members(db)
    .where('m.customer_id', '=', customerId)
    .where('m.user_id', '=', userId)
    .executeTakeFirst();
}

/** The customers that a person belongs to, the own one first, each with the owner by whom it is known. */
export function customersOfUser(db: Db | Tx, userId: string) {
  return db
    .selectFrom('identity_member as m')
    .innerJoin('identity_member as o', (join) =>
      join.onRef('o.customer_id', '=', 'm.customer_id').on('o.role', '=', 'owner'),
    )
    .innerJoin('identity_user as u', 'u.id', 'o.user_id')
    .select(['m.customer_id', 'm.role', 'm.created_at', 'u.email', 'u.phone_shown'])
    .where('m.user_id', '=', userId)
    .orderBy((e) => e('m.role', '=', 'owner'), 'desc')
    .orderBy('m.created_at')
    .execute();
}

/** False where the person is a member already. */
export async function memberAdd(
  tx: Tx,
  ctx: Ctx,
  member: Given & { customerId: string; userId: string; givenBy: string },
): Promise<boolean> {
  try {
    await tx
      .insertInto('identity_member')
      .values({
        customer_id: member.customerId,
        user_id: member.userId,
        ...columns(member),
        given_by: member.givenBy,
        created_at: ctx.now,
      })
      .execute();
    return true;
  } catch (error) {
    if (violated(error) === 'identity_member_pkey') return false;
    throw error;
  }
}

function columns({ role, areas, services }: Given) {
  return { role, areas: areas && JSON.stringify(areas), services };
}

/** The owner's row never changes: the database refuses it. */
export async function memberSet(
  tx: Tx,
  member: Given & { customerId: string; userId: string; givenBy: string },
): Promise<void> {
  await tx
    .updateTable('identity_member')
    .set({ ...columns(member), given_by: member.givenBy })
    .where('customer_id', '=', member.customerId)
    .where('user_id', '=', member.userId)
    .execute();
}

/**
 * Who is no member any more. The person's sessions that stand in the customer end, save `keep`, which goes on in the
 * customer that is the person's own. Returns how many ended.
 */
export async function memberDrop(
  tx: Tx,
  ctx: Ctx,
  member: { customerId: string; userId: string; keep: string | null },
): Promise<number> {
  const { customerId, userId, keep } = member;
  await tx
    .deleteFrom('identity_member')
    .where('customer_id', '=', customerId)
    .where('user_id', '=', userId)
    .execute();
  const own = (await customersOfUser(tx, userId)).find(({ role }) => role === 'owner');
  if (keep && own) await sessionStand(tx, keep, own.customer_id);
  const ended = await tx
    .updateTable('identity_session')
    .set({ ended_at: ctx.now })
    .where('user_id', '=', userId)
    .where('customer_id', '=', customerId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return Number(ended.numUpdatedRows);
}

/** A service that isn't the customer's any more is in nobody's custom role; whoever reached that one alone reaches none. */
export async function membersForget(
  tx: Tx,
  { customerId, serviceId }: { customerId: string; serviceId: string },
): Promise<void> {
  await sql`update identity_member set services = array_remove(services, ${serviceId}::uuid)
    where customer_id = ${customerId} and services @> array[${serviceId}::uuid]`.execute(tx);
}

/** In which of the person's customers a session stands from now on. */
export async function sessionStand(tx: Tx, sessionId: string, customerId: string): Promise<void> {
  await tx
    .updateTable('identity_session')
    .set({ customer_id: customerId })
    .where('id', '=', sessionId)
    .execute();
}

/** Whether the customer's owner asks a second factor of everybody in it; the brand may besides. */
export async function secondFactorRequired(db: Db | Tx, customerId: string): Promise<boolean> {
  const { second_factor_required: required } = await db
    .selectFrom('identity_customer')
    .select('second_factor_required')
    .where('id', '=', customerId)
    .executeTakeFirstOrThrow();
  return required;
}

export async function secondFactorSet(tx: Tx, customerId: string, required: boolean): Promise<void> {
  await tx
    .updateTable('identity_customer')
    .set({ second_factor_required: required })
    .where('id', '=', customerId)
    .execute();
}
