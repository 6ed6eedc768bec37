import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { escapeLike } from '#kernel/text.ts';
import { normalEmail } from './rules.ts';
import './tables.ts';

/** A customer with the owner by whom it is reached. */
function customers(db: Db | Tx) {
  return db
    .selectFrom('identity_customer as c')
    .innerJoin('identity_member as m', (join) =>
      join.onRef('m.customer_id', '=', 'c.id').on('m.role', '=', 'owner'),
    )
    .innerJoin('identity_user as u', 'u.id', 'm.user_id')
    .select([
      'c.id',
      'c.brand',
      'c.minor',
      'c.real_name_passed_at',
      'c.guardian_consent_at',
      'c.created_at',
      'u.id as user_id',
      'u.email',
      'u.email_verified_at',
      'u.email_invalid_at',
      'u.phone_shown',
      'u.locale',
      // By what its owner is known; the database holds that there is one of the two.
      sql<string>`coalesce(u.email, u.phone_shown)`.as('shown'),
    ]);
}

export type Customer = Awaited<ReturnType<typeof customerRead>>;

/** Throws when there is none: the id comes from our own rows. */
export function customerRead(db: Db | Tx, customerId: string) {
  return customers(db).where('c.id', '=', customerId).executeTakeFirstOrThrow();
}

export function customerFind(db: Db | Tx, brand: string, customerId: string) {
  return customers(db).where('c.id', '=', customerId).where('c.brand', '=', brand).executeTakeFirst();
}

export function customerList(
  db: Db | Tx,
  brand: string,
  /** `phone`: the fingerprint of a whole number, in place of a part of an address. */
  filter: { query?: string | undefined; phone?: string | undefined; before?: string | undefined },
) {
  return customers(db)
    .where('c.brand', '=', brand)
    .$if(Boolean(filter.phone), (q) => q.where('u.phone_digest', '=', filter.phone!))
    .$if(Boolean(filter.query) && !filter.phone, (q) =>
      q.where('u.email_normal', 'like', `%${escapeLike(normalEmail(filter.query!))}%`),
    )
    .$if(Boolean(filter.before), (q) => q.where('c.id', '<', filter.before!))
    .orderBy('c.id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** Sign-in's view of a user, by address. */
export function userByEmail(db: Db | Tx, brand: string, email: string) {
  return userSigningIn(db, brand, { email });
}

/** The same by what somebody types: an address, or a number's fingerprint. */
export function userSigningIn(db: Db | Tx, brand: string, by: { email: string } | { phoneDigest: string }) {
  return (
    db
      .selectFrom('identity_user as u')
      // Whoever belongs to several customers stands in the own one first.
      .innerJoin('identity_member as m', (join) =>
        join.onRef('m.user_id', '=', 'u.id').on('m.role', '=', 'owner'),
      )
      .select(['u.id', 'u.email', 'u.locale', 'u.password_hash', 'u.email_verified_at', 'm.customer_id'])
      .where('u.brand', '=', brand)
      .where((e) =>
        'email' in by
          ? e('u.email_normal', '=', normalEmail(by.email))
          : e('u.phone_digest', '=', by.phoneDigest),
      )
      .executeTakeFirst()
  );
}

export function customersByIds(db: Db | Tx, ids: string[]) {
  return customers(db)
    .where((e) => e('c.id', '=', e.fn.any(e.val(ids))))
    .execute();
}

/**
 * Which of these customers nobody else has taken; they are ours until the transaction ends. For batches that run side
 * by side and would wait for each other over one customer's money.
 */
export async function customersTake(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('identity_customer')
    .select('id')
    .where((e) => e('id', '=', e.fn.any(e.val(ids))))
    .forNoKeyUpdate()
    .skipLocked()
    .execute();
  return new Set(rows.map(({ id }) => id));
}

export async function customerCount(db: Db | Tx, brand: string): Promise<number> {
  const { count } = await db
    .selectFrom('identity_customer')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('brand', '=', brand)
    .executeTakeFirstOrThrow();
  return Number(count);
}
