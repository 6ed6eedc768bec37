import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { type Sealer, sameSecret } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type ContactOwner, contactCodeHash, contactForget, contactLock, contactPut } from './contact-ask.ts';
import { type ContactKind, contactShown } from './contact-form.ts';
import { CODE_ATTEMPTS, normalEmail, problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A customer's contact holds from now on; `before` is the mailbox that it took the place of, if another. */
    'contact.set': {
      customerId: string;
      userId: string;
      kind: ContactKind;
      shown: string;
      before: string | null;
    };
  }
}

/**
 * The code that went to a contact came back: it takes the place of the one before. False when the code is wrong or too
 * old; a wrong try is counted, so the caller must commit before it refuses. Throws `contact-taken`, 404.
 */
export async function contactVerify(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  given: { customerId: string; contactId: string; code: string },
): Promise<boolean> {
  await contactLock(tx, given.customerId);
  const contact = await tx
    .selectFrom('identity_contact')
    .selectAll()
    .where('id', '=', given.contactId)
    .where('customer_id', '=', given.customerId)
    .where('state', '=', 'asked')
    .executeTakeFirst();
  if (!contact?.sealed) throw kernelProblem['not-found']();
  const code = await tx
    .selectFrom('identity_contact_code')
    .selectAll()
    .where('contact_id', '=', contact.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (code.expires_at <= ctx.now || code.attempts >= CODE_ATTEMPTS) return false;
  if (!sameSecret(code.code_hash, contactCodeHash(contact.id, given.code))) {
    await tx
      .updateTable('identity_contact_code')
      .set({ attempts: code.attempts + 1 })
      .where('id', '=', code.id)
      .execute();
    return false;
  }
  const { kind, customer_id: customerId, user_id: userId, shown } = contact;
  const value = sealer.open(contact.sealed, `contact:${contact.id}`);
  let before: string | null = null;
  if (kind === 'email') {
    before = await mailboxChange(tx, ctx, userId, value);
    await contactForget(tx, ctx, customerId, 'email', 'asked');
  } else {
    await contactForget(tx, ctx, customerId, kind, 'current');
    await tx
      .updateTable('identity_contact')
      .set({ state: 'current', verified_at: ctx.now })
      .where('id', '=', contact.id)
      .execute();
  }
  await settled(tx, ctx, { customerId, userId, kind, shown, before });
  return true;
}

/** Returns the mailbox that was there before, null when it was the same. */
async function mailboxChange(tx: Tx, ctx: Ctx, userId: string, email: string): Promise<string | null> {
  const { email: before } = await tx
    .selectFrom('identity_user')
    .select('email')
    .where('id', '=', userId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  try {
    await tx
      .updateTable('identity_user')
      .set({ email, email_normal: normalEmail(email), email_verified_at: ctx.now, email_invalid_at: null })
      .where('id', '=', userId)
      .execute();
  } catch (error) {
    if (violated(error) === 'identity_user_email_taken') throw problem['contact-taken']();
    throw error;
  }
  return normalEmail(before) === normalEmail(email) ? null : before;
}

/** A QQ number or a WeChat id, as the customer says it; nothing goes there by itself, so nothing can verify it. */
export async function contactState(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  owner: ContactOwner,
  stated: { kind: 'qq' | 'wechat'; value: string },
): Promise<string> {
  const { kind, value } = stated;
  await contactLock(tx, owner.customerId);
  await contactForget(tx, ctx, owner.customerId, kind, 'current');
  const id = newId();
  const shown = contactShown(kind, value);
  const digest = sealer.digest(`${kind}:${value}`);
  await contactPut(tx, ctx, sealer, { id, owner, kind, value, digest, shown, state: 'current' });
  await settled(tx, ctx, { customerId: owner.customerId, userId: owner.userId, kind, shown, before: null });
  return id;
}

async function settled(
  tx: Tx,
  ctx: Ctx,
  event: { customerId: string; userId: string; kind: ContactKind; shown: string; before: string | null },
): Promise<void> {
  await auditRecord(tx, ctx, {
    action: 'contact.set',
    subject: { kind: 'customer', id: event.customerId },
    customerId: event.customerId,
    facts: { kind: event.kind },
  });
  await ctx.bus.emit(tx, ctx, 'contact.set', event);
}

/** The customer takes a contact back. Throws 404. */
export async function contactRemove(
  tx: Tx,
  ctx: Ctx,
  given: { customerId: string; kind: Exclude<ContactKind, 'email'> },
): Promise<void> {
  await contactLock(tx, given.customerId);
  if (!(await contactForget(tx, ctx, given.customerId, given.kind, 'current')))
    throw kernelProblem['not-found']();
  await auditRecord(tx, ctx, {
    action: 'contact.removed',
    subject: { kind: 'customer', id: given.customerId },
    customerId: given.customerId,
    facts: { kind: given.kind },
  });
}

/** It was found to reach nobody; null again when it is set anew. */
export async function contactInvalid(
  tx: Tx,
  ctx: Ctx,
  given: { customerId: string; kind: ContactKind },
): Promise<void> {
  if (given.kind === 'email') {
    await tx
      .updateTable('identity_user as u')
      .from('identity_member as m')
      .set({ email_invalid_at: ctx.now })
      .whereRef('m.user_id', '=', 'u.id')
      .where('m.role', '=', 'owner')
      .where('m.customer_id', '=', given.customerId)
      .execute();
  } else {
    await tx
      .updateTable('identity_contact')
      .set({ invalid_at: ctx.now })
      .where('customer_id', '=', given.customerId)
      .where('kind', '=', given.kind)
      .where('state', '=', 'current')
      .execute();
  }
}
