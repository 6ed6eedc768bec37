import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { type Sealer, sameSecret } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { challengesVoid, userOwner } from '#modules/factors/index.ts';
import { emailInvalid, emailSet } from '#modules/identity/index.ts';
import { type ContactOwner, contactCodeHash, contactForget, contactLock, contactPut } from './contact-ask.ts';
import { type ContactKind, contactShown } from './contact-form.ts';
import { CODE_ATTEMPTS } from './rules.ts';
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
 * old; a wrong try is counted, so the caller must commit before it refuses. Throws `email-taken`, 404.
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
  if (!(await codeIsRight(tx, ctx, contact.id, given.code))) return false;
  const { kind, customer_id: customerId, user_id: userId, shown } = contact;
  const value = sealer.open(contact.sealed, `contact:${contact.id}`);
  let before: string | null = null;
  if (kind === 'email') {
    before = await emailSet(tx, ctx, { userId, email: value });
    // What was begun with the mailbox that is given up, such as a recovery, ends with it.
    if (before !== null) await challengesVoid(tx, userOwner(userId));
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

/** Whether this is the code that went there. A wrong try is counted, so the caller must commit before it refuses. */
export async function codeIsRight(tx: Tx, ctx: Ctx, contactId: string, given: string): Promise<boolean> {
  const code = await tx
    .selectFrom('identity_contact_code')
    .selectAll()
    .where('contact_id', '=', contactId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (code.expires_at <= ctx.now || code.attempts >= CODE_ATTEMPTS) return false;
  if (sameSecret(code.code_hash, contactCodeHash(contactId, given))) return true;
  await tx
    .updateTable('identity_contact_code')
    .set({ attempts: code.attempts + 1 })
    .where('id', '=', code.id)
    .execute();
  return false;
}

/** What was lent for a code is forgotten, but for what may be shown. */
export async function contactReturn(tx: Tx, ctx: Ctx, contactId: string): Promise<void> {
  await tx
    .updateTable('identity_contact')
    .set({ state: 'gone', gone_at: ctx.now, sealed: null })
    .where('id', '=', contactId)
    .where('state', '=', 'lent')
    .execute();
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
    // Never the contact itself: only whether there was one.
    facts: { kind: event.kind, before: event.before === null ? null : 'set', after: 'set' },
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
    facts: { kind: given.kind, before: 'set', after: null },
  });
}

/** It was found to reach nobody; null again when it is set anew. */
export async function contactInvalid(
  tx: Tx,
  ctx: Ctx,
  given: { customerId: string; kind: ContactKind },
): Promise<void> {
  if (given.kind === 'email') {
    await emailInvalid(tx, ctx, given.customerId);
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
