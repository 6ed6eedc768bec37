import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Sealer } from '#kernel/seal.ts';
import { customerRead, customersOfUser, membersOf, userRead } from '#modules/identity/index.ts';
import { contactOpen, contactsOf } from '#modules/reach/index.ts';
import { type Link, PERSONAL_TABLES, type PersonalTable } from '#server/personal-data.ts';

/** Whose data: the user, and the account where it is theirs. */
export interface Person {
  /** Brands are apart: the same mailbox elsewhere is another's. */
  brand: string;
  userIds: string[];
  customerIds: string[];
  /** Mailboxes and numbers that were proven, as they stand in columns that name nobody. */
  addresses: string[];
  /** A member of the staff, in whose place the others are empty. */
  staff?: { id: string; address: string };
}

/**
 * A user, with the account if it is their own, and then with those members who belong to nothing else: without the
 * account there is nothing left to keep their data for.
 */
export async function personOf(
  db: Db | Tx,
  sealer: Sealer,
  { userId, customerId }: { userId: string; customerId: string },
): Promise<Person> {
  const { brand, user_id } = await customerRead(db, customerId);
  const owner = user_id === userId;
  const userIds = [userId];
  if (owner) {
    for (const { user_id } of await membersOf(db, customerId)) {
      const elsewhere = (await customersOfUser(db, user_id)).filter(
        (other) => other.customer_id !== customerId,
      );
      if (user_id !== userId && elsewhere.length === 0) userIds.push(user_id);
    }
  }
  const addresses: string[] = [];
  for (const id of userIds) {
    const user = await userRead(db, id);
    if (user?.email && user.email_verified_at) addresses.push(user.email.toLowerCase());
  }
  if (owner)
    for (const contact of await contactsOf(db, [customerId])) {
      const value = contact.verified_at && (await contactOpen(db, sealer, contact.id));
      if (value) addresses.push(value.toLowerCase());
    }
  return { brand, userIds, customerIds: owner ? [customerId] : [], addresses };
}

const BY_TABLE = new Map(PERSONAL_TABLES.map((table) => [table.table, table]));
const NOBODY = sql<boolean>`false`;

/** SQL on `t`: this person's rows of a table of the register. */
export function rowsOf({ found, where }: PersonalTable, person: Person): RawBuilder<boolean> {
  const any = found.map((link) => linked(link, person));
  const joined = any.length > 0 ? sql<boolean>`(${sql.join(any, sql` or `)})` : NOBODY;
  return where ? sql<boolean>`${joined} and (${sql.raw(where)})` : joined;
}

function linked(link: Link, person: Person): RawBuilder<boolean> {
  const at = (column: string) => sql.ref(`t.${column}`);
  if ('user' in link) return sql`${at(link.user)} = any(${person.userIds}::uuid[])`;
  if ('customer' in link) return sql`${at(link.customer)} = any(${person.customerIds}::uuid[])`;
  if ('address' in link)
    return sql`(t.brand = ${person.brand} and lower(${at(link.address)}) = any(${person.addresses}::text[])
      and (${sql.raw(link.if ?? 'true')}))`;
  if ('prefix' in link)
    return sql`${at(link.text)} = any(${person.customerIds.map((id) => `${link.prefix}${id}`)}::text[])`;
  if ('staff' in link || 'staffAddress' in link) return person.staff ? ofStaff(link, person.staff) : NOBODY;
  const parent = BY_TABLE.get(link.table);
  if (!parent) throw new Error(`${link.table} is not in the register of personal data`);
  return sql`${at(link.via)} in (select ${at(link.key)} from ${sql.table(link.table)} t where ${rowsOf(parent, person)})`;
}

function ofStaff(
  link: Extract<Link, { staff: string } | { staffAddress: string }>,
  { id, address }: NonNullable<Person['staff']>,
): RawBuilder<boolean> {
  if ('staff' in link) return sql`${sql.ref(`t.${link.staff}`)} = ${id}`;
  return sql`(lower(${sql.ref(`t.${link.staffAddress}`)}) = lower(${address}) and (${sql.raw(link.if)}))`;
}
