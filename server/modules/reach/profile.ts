import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import type { Sealer } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import './tables.ts';

/** What lies sealed, and what doesn't. */
const SEALED = ['full_name', 'address'] as const;
const PLAIN = [
  'nationality',
  'province',
  'city',
  'time_zone',
  'postcode',
  'fax',
  'homepage',
  'job_title',
] as const;

/** What a customer may say of itself (亚云 6.2); null: it says nothing. */
export type Profile = Record<(typeof SEALED)[number] | (typeof PLAIN)[number], string | null>;

const EMPTY = Object.fromEntries([...SEALED, ...PLAIN].map((field) => [field, null])) as Profile;

export async function profileOf(db: Db | Tx, sealer: Sealer, customerId: string): Promise<Profile> {
  const row = await db
    .selectFrom('reach_profile')
    .selectAll()
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  if (!row) return EMPTY;
  const { nationality, province, city, time_zone, postcode, fax, homepage, job_title } = row;
  const open = (value: Buffer | null, what: string) => value && sealer.open(value, `${what}:${row.id}`);
  return {
    full_name: open(row.full_name_sealed, 'profile-name'),
    address: open(row.address_sealed, 'profile-address'),
    ...{ nationality, province, city, time_zone, postcode, fax, homepage, job_title },
  };
}

/** The whole profile as it is now; a profile that says nothing is no row. The record names what changed, never what it is. */
export async function profileSet(tx: Tx, ctx: Ctx, sealer: Sealer, profile: Profile): Promise<void> {
  const { customerId, userId } = customerOf(ctx);
  const before = await profileOf(tx, sealer, customerId);
  const names = [...SEALED, ...PLAIN];
  const changed = names.filter((name) => before[name] !== profile[name]);
  if (changed.length === 0) return;
  if (names.every((name) => profile[name] === null))
    await tx.deleteFrom('reach_profile').where('customer_id', '=', customerId).execute();
  else await profileWrite(tx, ctx, sealer, { ...profile, customerId, userId });
  await auditRecord(tx, ctx, {
    action: 'profile.changed',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { fields: changed.join(', ') },
  });
}

async function profileWrite(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  { full_name, address, customerId, userId, ...plain }: Profile & { customerId: string; userId: string },
): Promise<void> {
  const { id } = await tx
    .insertInto('reach_profile')
    .values({
      id: newId(),
      customer_id: customerId,
      full_name_sealed: null,
      address_sealed: null,
      ...plain,
      changed_at: ctx.now,
      changed_by: userId,
    })
    .onConflict((conflict) =>
      conflict.column('customer_id').doUpdateSet({ ...plain, changed_at: ctx.now, changed_by: userId }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  const seal = (value: string | null, what: string) => value && sealer.seal(value, `${what}:${id}`);
  await tx
    .updateTable('reach_profile')
    .set({
      full_name_sealed: seal(full_name, 'profile-name') || null,
      address_sealed: seal(address, 'profile-address') || null,
    })
    .where('id', '=', id)
    .execute();
}
