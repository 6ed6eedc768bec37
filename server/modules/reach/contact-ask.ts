import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { type Sealer, tokenHash } from '#kernel/seal.ts';
import type { Locale } from '#kernel/text.ts';
import { addMinutes, addMs } from '#kernel/time.ts';
import { memberOf, userByPhone } from '#modules/identity/index.ts';
import { type ContactKind, contactShown } from './contact-form.ts';
import { CODE_AGAIN_SECONDS, CODE_MINUTES, CONTACT_CODES_PER_DAY, problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A code for a contact that isn't verified yet; `email` is where it goes if that is a mailbox. */
    'contact.code-issued': {
      contactId: string;
      kind: 'email' | 'phone';
      userId: string;
      customerId: string;
      locale: Locale;
      email: string | null;
      shown: string;
      code: string;
      minutes: number;
    };
  }
}

export interface ContactOwner {
  customerId: string;
  userId: string;
  locale: Locale;
}

const DAY_MS = 86_400_000;

/**
 * The customer names a phone or another mailbox; it counts once the code that goes there comes back. Returns the
 * contact's id. Throws `contact-codes-spent`: by user and by contact, so that nobody's phone rings all night.
 */
export async function contactAsk(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  owner: ContactOwner,
  asked: { kind: 'email' | 'phone'; value: string },
): Promise<string> {
  const { kind, value } = asked;
  const digest = sealer.digest(`${kind}:${value}`);
  await contactLock(tx, owner.customerId);
  await mayAsk(tx, ctx, owner.userId, digest);
  await contactForget(tx, ctx, owner.customerId, kind, 'asked');
  const id = newId();
  const shown = contactShown(kind, value);
  await contactPut(tx, ctx, sealer, { id, owner, kind, value, digest, shown, state: 'asked' });
  const code = await codePut(tx, ctx, { contactId: id, userId: owner.userId, digest });
  const { customerId, userId, locale } = owner;
  const to = {
    contactId: id,
    kind,
    userId,
    customerId,
    locale,
    shown,
    email: kind === 'email' ? value : null,
  };
  await ctx.bus.emit(tx, ctx, 'contact.code-issued', { ...to, code, minutes: CODE_MINUTES });
  return id;
}

export interface Lent {
  contactId: string;
  shown: string;
  code: string;
  minutes: number;
}

/**
 * The phone of somebody else, for one code: it never becomes the customer's own, and goes by `contactReturn`. Whoever asks
 * sends the code. Null where it is known as a phone of the customer's, or of one of its members: it would tell the code to
 * whoever asks for it. Throws `contact-codes-spent` as `contactAsk` does.
 */
export async function contactLend(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  owner: ContactOwner,
  value: string,
): Promise<Lent | null> {
  const digest = sealer.digest(`phone:${value}`);
  await contactLock(tx, owner.customerId);
  if (await isTheirs(tx, ctx, owner.customerId, digest)) return null;
  await mayAsk(tx, ctx, owner.userId, digest);
  const contactId = newId();
  const shown = contactShown('phone', value);
  await contactPut(tx, ctx, sealer, {
    ...{ id: contactId, owner, kind: 'phone', value, digest, shown },
    state: 'lent',
  });
  const code = await codePut(tx, ctx, { contactId, userId: owner.userId, digest });
  return { contactId, shown, code, minutes: CODE_MINUTES };
}

/** A number that was ever theirs: one that is taken back for a while still rings with them. */
async function isTheirs(tx: Tx, ctx: Ctx, customerId: string, digest: string): Promise<boolean> {
  const named = await tx
    .selectFrom('identity_contact')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('kind', '=', 'phone')
    .where('digest', '=', digest)
    .where('verified_at', 'is not', null)
    .executeTakeFirst();
  if (named) return true;
  const userId = await userByPhone(tx, ctx.brand.id, digest);
  return userId !== null && (await memberOf(tx, customerId, userId)) !== undefined;
}

async function codePut(
  tx: Tx,
  ctx: Ctx,
  { contactId, userId, digest }: { contactId: string; userId: string; digest: string },
): Promise<string> {
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  await tx
    .insertInto('identity_contact_code')
    .values({
      id: newId(),
      contact_id: contactId,
      user_id: userId,
      digest,
      code_hash: contactCodeHash(contactId, code),
      sent_at: ctx.now,
      expires_at: addMinutes(ctx.now, CODE_MINUTES),
    })
    .execute();
  return code;
}

async function mayAsk(tx: Tx, ctx: Ctx, userId: string, digest: string): Promise<void> {
  const { sent, last } = await tx
    .selectFrom('identity_contact_code')
    .select((e) => [
      e.fn.countAll<bigint>().as('sent'),
      e.fn.max('sent_at').filterWhere('digest', '=', digest).as('last'),
    ])
    .where('sent_at', '>', addMs(ctx.now, -DAY_MS))
    .where((e) => e.or([e('user_id', '=', userId), e('digest', '=', digest)]))
    .executeTakeFirstOrThrow();
  const soon = last !== null && last > addMs(ctx.now, -CODE_AGAIN_SECONDS * 1_000);
  if (soon || Number(sent) >= CONTACT_CODES_PER_DAY) throw problem['contact-codes-spent']();
}

/** One act on a customer's contacts at a time. */
export async function contactLock(tx: Tx, customerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`reach:${customerId}`}, 0))`.execute(tx);
}

export function contactCodeHash(contactId: string, code: string): Buffer {
  return tokenHash(`${contactId}:${code}`);
}

export async function contactPut(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  contact: {
    id: string;
    owner: ContactOwner;
    kind: ContactKind;
    value: string;
    digest: string;
    shown: string;
    state: 'asked' | 'current' | 'lent';
  },
): Promise<void> {
  const { id, owner, kind, digest, shown, state } = contact;
  await tx
    .insertInto('identity_contact')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: owner.customerId,
      user_id: owner.userId,
      kind,
      sealed: sealer.seal(contact.value, `contact:${id}`),
      digest,
      shown,
      state,
      stated_at: ctx.now,
      verified_at: null,
      gone_at: null,
      invalid_at: null,
    })
    .execute();
}

/** What is replaced or taken back leaves only what may be shown. */
export async function contactForget(
  tx: Tx,
  ctx: Ctx,
  customerId: string,
  kind: ContactKind,
  state: 'asked' | 'current',
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('identity_contact')
    .set({ state: 'gone', gone_at: ctx.now, sealed: null })
    .where('customer_id', '=', customerId)
    .where('kind', '=', kind)
    .where('state', '=', state)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
