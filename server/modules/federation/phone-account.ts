import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { customerOf } from '#kernel/http.ts';
import type { Sealer } from '#kernel/seal.ts';
import type { Locale } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { recoveryOpen, type SignInEnd, signInFinish } from '#modules/entrance/index.ts';
import { challengesVoid, userOwner } from '#modules/factors/index.ts';
import {
  customerOfUser,
  phoneHeld,
  phoneSet,
  phoneSignUp,
  phoneUnset,
  userByPhone,
  userRead,
} from '#modules/identity/index.ts';
import { type Held, type HolderAsked, type HolderEnd, holderAsk } from './holder.ts';
import { type ProvedPhone, phoneCodeUse } from './phone-code.ts';
import { problem } from './rules.ts';
import { waysIn } from './ways-in.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A number that was verified is a user's. `seal`: the number, for a row of the listener's own. */
    'user.phone-set': {
      customerId: string;
      userId: string;
      digest: string;
      shown: string;
      seal: (owner: string) => Buffer;
    };
    /** It isn't any more: `why` its owner said so, or somebody else proved to have it. */
    'user.phone-unset': {
      customerId: string | null;
      userId: string;
      email: string | null;
      locale: Locale;
      digest: string;
      shown: string;
      why: 'owner' | 'claimed';
    };
  }
}

/**
 * What a code is good for that came back from a number: a sign-in, or the recovery of a lost password. Null when no
 * account has the number; then the code stays good for signing up. Throws `phone-holder-unknown`.
 */
export async function phoneEnter(
  tx: Tx,
  ctx: Ctx,
  identity: House['ports']['holderIdentity'],
  phone: ProvedPhone,
  purpose: Held['for'],
): Promise<HolderEnd | HolderAsked | null> {
  await phoneLock(tx, ctx, phone);
  const userId = await userByPhone(tx, ctx.brand.id, phone.digest);
  const customerId = userId && (await customerOfUser(tx, userId));
  if (!userId || !customerId) return null;
  await phoneCodeUse(tx, ctx, phone.codeId);
  const asked = await holderAsk(tx, ctx, identity, { userId, customerId, for: purpose });
  if (asked) return asked;
  if (purpose === 'recovery') return { recovery: await recoveryOpen(tx, ctx, userId, 'sms') };
  const signIn = await signInFinish(tx, ctx, { userId, customerId, by: 'sms-code' });
  if ('session' in signIn) await phoneHeld(tx, ctx, userId);
  return { signIn };
}

export interface PhoneSignUp {
  minor: boolean;
  locale: Locale;
  /** The number came to its owner only lately: the account that has it is somebody else's. */
  newlyMine: boolean;
}

/**
 * A new account known by a number. One that has the number gives it up only where it is known by something else too.
 * Throws `phone-known`, `phone-kept`.
 */
export async function phoneBegin(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  phone: ProvedPhone,
  { minor, locale, newlyMine }: PhoneSignUp,
): Promise<SignInEnd> {
  await phoneLock(tx, ctx, phone);
  const holder = await userByPhone(tx, ctx.brand.id, phone.digest);
  if (holder && !newlyMine) throw problem['phone-known']();
  if (holder) await detach(tx, ctx, holder, phone);
  const made = await phoneSignUp(tx, ctx, { phone, minor, locale });
  await phoneCodeUse(tx, ctx, phone.codeId);
  await setSaid(tx, ctx, sealer, made, phone);
  return signInFinish(tx, ctx, { ...made, by: 'sms-code' });
}

/** Who is signed in proved to have a number: it signs in from now on, and no other account. Throws `phone-kept`. */
export async function phoneClaim(tx: Tx, ctx: Ctx, sealer: Sealer, phone: ProvedPhone): Promise<void> {
  const { userId, customerId } = customerOf(ctx);
  await phoneLock(tx, ctx, phone);
  const holder = await userByPhone(tx, ctx.brand.id, phone.digest);
  if (holder && holder !== userId) await detach(tx, ctx, holder, phone);
  const { phone_digest: before } = await userRead(tx, userId);
  if (before !== null && before !== phone.digest) await challengesVoid(tx, userOwner(userId));
  if (!(await phoneSet(tx, ctx, { userId, phone }))) throw problem['phone-kept']();
  await phoneCodeUse(tx, ctx, phone.codeId);
  await auditRecord(tx, ctx, {
    action: 'user.phone-set',
    subject: { kind: 'user', id: userId },
    customerId,
    facts: { shown: phone.shown, replaced: before !== null && before !== phone.digest },
  });
  await setSaid(tx, ctx, sealer, { userId, customerId }, phone);
}

/** Who is signed in no longer signs in by its number. Throws `last-way-in`. */
export async function phoneRemove(tx: Tx, ctx: Ctx): Promise<void> {
  const { userId, customerId } = customerOf(ctx);
  const user = await userRead(tx, userId);
  if (!user.phone_digest || !user.phone_shown) return;
  const others = (await waysIn(tx, userId)).filter((way) => way.kind !== 'phone');
  if (others.length === 0 || !(await phoneUnset(tx, userId))) throw problem['last-way-in']();
  const phone = { digest: user.phone_digest, shown: user.phone_shown };
  await unsetSaid(tx, ctx, { userId, customerId, why: 'owner' }, phone);
}

async function detach(tx: Tx, ctx: Ctx, holder: string, phone: ProvedPhone): Promise<void> {
  const customerId = await customerOfUser(tx, holder);
  if (!(await phoneUnset(tx, holder))) throw problem['phone-kept']();
  await unsetSaid(tx, ctx, { userId: holder, customerId, why: 'claimed' }, phone);
}

async function setSaid(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  owner: { userId: string; customerId: string },
  { digest, shown, number }: ProvedPhone,
): Promise<void> {
  const seal = (rowOf: string) => sealer.seal(number, rowOf);
  await ctx.bus.emit(tx, ctx, 'user.phone-set', { ...owner, digest, shown, seal });
}

async function unsetSaid(
  tx: Tx,
  ctx: Ctx,
  from: { userId: string; customerId: string | null; why: 'owner' | 'claimed' },
  { digest, shown }: { digest: string; shown: string },
): Promise<void> {
  const { email, locale } = await userRead(tx, from.userId);
  // What a code to the number began, such as a recovery, ends with it.
  await challengesVoid(tx, userOwner(from.userId));
  await auditRecord(tx, ctx, {
    action: 'user.phone-unset',
    subject: { kind: 'user', id: from.userId },
    customerId: from.customerId,
    facts: { shown, why: from.why },
  });
  await ctx.bus.emit(tx, ctx, 'user.phone-unset', { ...from, email, locale, digest, shown });
}

/** One act on a number at a time. */
async function phoneLock(tx: Tx, ctx: Ctx, { digest }: ProvedPhone): Promise<void> {
  const key = `phone:${ctx.brand.id}:${digest}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx);
}
