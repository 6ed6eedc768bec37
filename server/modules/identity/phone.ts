import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Locale } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import './tables.ts';

/** A mainland number that was verified: its keyed fingerprint, and as it may be shown. */
export interface Phone {
  digest: string;
  shown: string;
}

/** Who has this number. */
export async function userByPhone(db: Db | Tx, brand: string, digest: string): Promise<string | null> {
  const row = await db
    .selectFrom('identity_user')
    .select('id')
    .where('brand', '=', brand)
    .where('phone_digest', '=', digest)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** A new customer whose owner is known by a phone that was verified just now; without a mailbox and a password. */
export async function phoneSignUp(
  tx: Tx,
  ctx: Ctx,
  input: { phone: Phone; minor: boolean; locale: Locale },
): Promise<{ userId: string; customerId: string }> {
  const userId = newId();
  const customerId = newId();
  await tx
    .insertInto('identity_user')
    .values({
      id: userId,
      brand: ctx.brand.id,
      email: null,
      email_normal: null,
      email_verified_at: null,
      phone_digest: input.phone.digest,
      phone_shown: input.phone.shown,
      phone_verified_at: ctx.now,
      password_hash: null,
      locale: input.locale,
      created_at: ctx.now,
    })
    .execute();
  await tx
    .insertInto('identity_customer')
    .values({
      id: customerId,
      brand: ctx.brand.id,
      kind: 'person',
      minor: input.minor,
      real_name_passed_at: null,
      real_name_method: null,
      guardian_consent_at: null,
      guardian_consent_reference: null,
      created_at: ctx.now,
    })
    .execute();
  await tx
    .insertInto('identity_member')
    .values({ customer_id: customerId, user_id: userId, role: 'owner', created_at: ctx.now })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'customer.signed-up',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { minor: input.minor, by: 'phone' },
  });
  return { userId, customerId };
}

/** The number becomes the user's. False when another has it. */
export async function phoneSet(
  tx: Tx,
  ctx: Ctx,
  { userId, phone }: { userId: string; phone: Phone },
): Promise<boolean> {
  try {
    await tx
      .updateTable('identity_user')
      .set({ phone_digest: phone.digest, phone_shown: phone.shown, phone_verified_at: ctx.now })
      .where('id', '=', userId)
      .execute();
    return true;
  } catch (error) {
    if (violated(error) === 'identity_user_phone_taken') return false;
    throw error;
  }
}

/** The number is still its user's: a code came back from it, and what else was to be shown. */
export async function phoneHeld(tx: Tx, ctx: Ctx, userId: string): Promise<void> {
  await tx
    .updateTable('identity_user')
    .set({ phone_verified_at: ctx.now })
    .where('id', '=', userId)
    .where('phone_digest', 'is not', null)
    .execute();
}

/** The user is known by its mailbox alone from now on. False where that isn't verified: then the number stays. */
export async function phoneUnset(tx: Tx, userId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('identity_user')
    .set({ phone_digest: null, phone_shown: null, phone_verified_at: null })
    .where('id', '=', userId)
    .where('email_verified_at', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
