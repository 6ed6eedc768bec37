import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, violated } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import type { Locale } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type SignInEnd, signInFinish } from '#modules/entrance/index.ts';
import { challengesVoid, userOwner } from '#modules/factors/index.ts';
import { customerOfUser, userRead } from '#modules/identity/index.ts';
import type { ProvedIdentity, ProviderKind } from './driver.ts';
import { problem } from './rules.ts';
import './tables.ts';
import { waysIn } from './ways-in.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A third party's account signs a user in from now on, or no more. */
    'binding.changed': {
      bindingId: string;
      customerId: string;
      userId: string;
      email: string | null;
      locale: Locale;
      provider: ProviderKind;
      nickname: string;
      bound: boolean;
    };
  }
}

/** An identity as it may be kept: fingerprints, and a name to show. */
export interface KnownIdentity {
  provider: ProviderKind;
  subject: string;
  union: string | null;
  nickname: string;
}

const NICKNAME_CHARACTERS = 40;

export function identityKnown(
  sealer: Sealer,
  provider: ProviderKind,
  { subject, union, nickname }: ProvedIdentity,
): KnownIdentity {
  return {
    provider,
    subject: sealer.blind('federation', `${provider}:${subject}`),
    union: union === null ? null : sealer.blind('federation', `${provider}:union:${union}`),
    nickname: shownName(nickname) || provider,
  };
}

/** A name that a stranger chose, as one short line: nothing invisible, nothing that turns the line round (F66). */
function shownName(text: string | null): string {
  const plain = (text ?? '')
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ');
  return [...plain.replace(/\s+/g, ' ').trim()].slice(0, NICKNAME_CHARACTERS).join('');
}

function bindingOf(db: Db | Tx, brand: string, { provider, subject, union }: KnownIdentity) {
  return db
    .selectFrom('federation_binding')
    .selectAll()
    .where('brand', '=', brand)
    .where('provider', '=', provider)
    .where((e) =>
      e.or([e('subject_digest', '=', subject), ...(union === null ? [] : [e('union_digest', '=', union)])]),
    )
    .executeTakeFirst();
}

/** Null when nobody has bound this identity. */
export async function bindingSignIn(tx: Tx, ctx: Ctx, identity: KnownIdentity): Promise<SignInEnd | null> {
  const binding = await bindingOf(tx, ctx.brand.id, identity);
  const customerId = binding && (await customerOfUser(tx, binding.user_id));
  if (!binding || !customerId) return null;
  await tx
    .updateTable('federation_binding')
    .set({ used_at: ctx.now, nickname: identity.nickname })
    .where('id', '=', binding.id)
    .execute();
  return signInFinish(tx, ctx, { userId: binding.user_id, customerId, by: 'federation' });
}

/** Who is signed in can sign in by this identity from now on. Throws `identity-taken`, `provider-bound`. */
export async function bindingAdd(tx: Tx, ctx: Ctx, identity: KnownIdentity): Promise<void> {
  const { userId, customerId } = customerOf(ctx);
  const there = await bindingOf(tx, ctx.brand.id, identity);
  if (there) throw problem[there.user_id === userId ? 'provider-bound' : 'identity-taken']();
  const { provider, nickname } = identity;
  const id = newId();
  try {
    await tx
      .insertInto('federation_binding')
      .values({
        id,
        brand: ctx.brand.id,
        user_id: userId,
        provider,
        subject_digest: identity.subject,
        union_digest: identity.union,
        nickname,
        bound_at: ctx.now,
        used_at: null,
      })
      .execute();
  } catch (error) {
    const name = violated(error);
    if (name === 'federation_binding_one') throw problem['provider-bound']();
    if (name?.startsWith('federation_binding_')) throw problem['identity-taken']();
    throw error;
  }
  await changed(tx, ctx, { id, userId, customerId, provider, nickname, bound: true });
}

/** Throws 404, `last-way-in`. */
export async function bindingRemove(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const { userId, customerId } = customerOf(ctx);
  const row = await tx
    .selectFrom('federation_binding')
    .select(['provider', 'nickname'])
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  if (!(await waysIn(tx, userId)).some((way) => way.id !== id)) throw problem['last-way-in']();
  await tx.deleteFrom('federation_binding').where('id', '=', id).execute();
  // A sign-in by it that waits for its second factor ends with it.
  await challengesVoid(tx, userOwner(userId));
  await changed(tx, ctx, { id, userId, customerId, ...row, bound: false });
}

export function bindingList(db: Db | Tx, userId: string) {
  return db
    .selectFrom('federation_binding')
    .select(['id', 'provider', 'nickname', 'bound_at', 'used_at'])
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute();
}

async function changed(
  tx: Tx,
  ctx: Ctx,
  what: {
    id: string;
    userId: string;
    customerId: string;
    provider: ProviderKind;
    nickname: string;
    bound: boolean;
  },
): Promise<void> {
  const { id: bindingId, userId, customerId, provider, nickname, bound } = what;
  await auditRecord(tx, ctx, {
    action: bound ? 'binding.added' : 'binding.removed',
    subject: { kind: 'user', id: userId },
    customerId,
    facts: { provider, nickname },
  });
  const { email, locale } = await userRead(tx, userId);
  await ctx.bus.emit(tx, ctx, 'binding.changed', {
    bindingId,
    customerId,
    userId,
    email,
    locale,
    provider,
    nickname,
    bound,
  });
}
