import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Locale } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { codeIssue } from './code-issue.ts';
import { normalEmail } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Somebody tried to sign up with an address that has an account; its owner is told, the visitor isn't. */
    'user.signed-up-again': { userId: string; email: string; locale: Locale };
  }
}

export interface SignUp {
  email: string;
  /** argon2id, PHC string. */
  passwordHash: string;
  minor: boolean;
  locale: Locale;
}

/**
 * A new customer with one user, its owner, and a code on its way to the address. An address that is taken
 * looks the same from outside: an unverified account gets a new code, a verified one a mail that says so.
 */
export async function signUp(tx: Tx, ctx: Ctx, input: SignUp): Promise<void> {
  const email_normal = normalEmail(input.email);
  const user = {
    id: newId(),
    brand: ctx.brand.id,
    email: input.email,
    email_normal,
    email_verified_at: null,
    password_hash: input.passwordHash,
    locale: input.locale,
    created_at: ctx.now,
  };
  const placed = await tx
    .insertInto('identity_user')
    .values(user)
    .onConflict((conflict) => conflict.constraint('identity_user_email_taken').doNothing())
    .executeTakeFirst();
  if (placed.numInsertedOrUpdatedRows === 0n) return signUpAgain(tx, ctx, email_normal, input.minor);

  const customer = {
    id: newId(),
    brand: ctx.brand.id,
    kind: 'person' as const,
    minor: input.minor,
    created_at: ctx.now,
  };
  await tx
    .insertInto('identity_customer')
    .values({
      ...customer,
      real_name_passed_at: null,
      real_name_method: null,
      guardian_consent_at: null,
      guardian_consent_reference: null,
    })
    .execute();
  await tx
    .insertInto('identity_member')
    .values({ customer_id: customer.id, user_id: user.id, role: 'owner', created_at: ctx.now })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'customer.signed-up',
    subject: { kind: 'customer', id: customer.id },
    customerId: customer.id,
    facts: { minor: input.minor },
  });
  await codeIssue(tx, ctx, user);
}

/** The password that a stranger typed is not taken over, verified or not. */
async function signUpAgain(tx: Tx, ctx: Ctx, emailNormal: string, minor: boolean): Promise<void> {
  const user = await tx
    .selectFrom('identity_user')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('email_normal', '=', emailNormal)
    .executeTakeFirstOrThrow();
  // It was found by its address.
  const email = user.email!;
  if (user.email_verified_at) {
    await ctx.bus.emit(tx, ctx, 'user.signed-up-again', { userId: user.id, email, locale: user.locale });
  } else {
    // Of somebody unverified nothing is certain but what was said last; the password comes with the code.
    await tx
      .updateTable('identity_customer as c')
      .from('identity_member as m')
      .set({ minor })
      .whereRef('m.customer_id', '=', 'c.id')
      .where('m.user_id', '=', user.id)
      .where('m.role', '=', 'owner')
      .execute();
    await codeIssue(tx, ctx, { ...user, email });
  }
}
