import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Actor, Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { grantBoth } from '#kernel/grant.ts';
import type { House } from '#kernel/house.ts';
import {
  ALGORITHM,
  digestStated,
  type Message,
  REQUIRED,
  type Signature,
  signatureFits,
  signatureOf,
} from '#kernel/message-signature.ts';
import { Problem } from '#kernel/problem.ts';
import { sameSecret, tokenHash } from '#kernel/seal.ts';
import { addMinutes, addMs } from '#kernel/time.ts';
import { grantOfMember } from '#modules/identity/index.ts';
import { type Key, sealedFor } from './key-make.ts';
import { nonceSpend } from './nonce.ts';
import { plainAddress, problem, WINDOW_S } from './rules.ts';
import './tables.ts';

export type Customer = Extract<Actor, { kind: 'customer' }>;

export interface KeyCall {
  actor: Customer;
  /** What the body has to hash to; null for a bearer. */
  digest: Buffer | null;
  /** Uses the request up: nothing of it is done before. */
  spend(): Promise<void>;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const BEARER = new RegExp(`^Bearer (${UUID})\\.([\\w-]{43})$`, 'i');
const KEY_ID = new RegExp(`^${UUID}$`);
const NONCE = /^[\x21\x23-\x5b\x5d-\x7e]{16,64}$/;
const EMPTY = createHash('sha256').digest();

/** Whether a request shows a key, good or not: then nothing else says who calls. */
export function showsKey(message: Pick<Message, 'field'>): boolean {
  return (
    /^Bearer( |$)/i.test(message.field('authorization') ?? '') ||
    message.field('signature-input') !== undefined ||
    message.field('signature') !== undefined
  );
}

/**
 * Who calls by a key, read from the database each time (F61). Throws `key-refused`, `signature-invalid`,
 * `signature-expired` (F60) and, to who showed the secret, `key-revoked`, `key-expired`, `key-address`.
 */
export async function keyCaller(
  house: House,
  ctx: Ctx,
  message: Message,
  hasBody: boolean,
): Promise<KeyCall> {
  const signature = signatureGiven(message);
  const [, bearerId, secret] = BEARER.exec(message.field('authorization') ?? '') ?? [];
  const id = signature?.keyId ?? bearerId?.toLowerCase();
  if (!id) throw problem['key-refused']();
  const key = await keyFind(house.db, ctx, id);
  if (!signature) {
    if (!key?.secret_hash || !sameSecret(key.secret_hash, tokenHash(secret!))) throw problem['key-refused']();
    return { actor: await actorOf(house.db, ctx, key), digest: null, spend: async () => undefined };
  }
  if (!key?.secret_sealed) throw problem['key-refused']();
  const digest = digestGiven(message, signature, hasBody);
  if (!signatureFits(signature, house.sealer.open(key.secret_sealed, sealedFor(id))))
    throw problem['signature-invalid']();
  inTime(ctx, signature);
  const actor = await actorOf(house.db, ctx, key);
  const { nonce: text, created } = signature;
  const expiresAt = addMs(new Date(created * 1_000), WINDOW_S * 1_000 + 1);
  return { actor, digest, spend: () => nonceSpend(house.db, { keyId: id, text, expiresAt }) };
}

/** Null where the request has no signature but a bearer's secret. One of both kinds at once is neither. */
function signatureGiven(message: Message): Signature | null {
  if (message.field('signature-input') === undefined && message.field('signature') === undefined) return null;
  if (message.field('authorization') !== undefined) throw problem['key-refused']();
  const signature = signatureOf(message);
  if (
    signature?.algorithm !== ALGORITHM ||
    !REQUIRED.every((name) => signature.components.includes(name)) ||
    !KEY_ID.test(signature.keyId) ||
    !NONCE.test(signature.nonce)
  )
    throw problem['signature-invalid']();
  return signature;
}

/** A body has to be signed by its digest; a signed digest of no body has to be that of nothing. */
function digestGiven(message: Message, { components }: Signature, hasBody: boolean): Buffer | null {
  if (!components.includes('content-digest')) {
    if (hasBody) throw problem['signature-invalid']();
    return null;
  }
  const digest = digestStated(message.field('content-digest'));
  if (!digest || (!hasBody && !digest.equals(EMPTY))) throw problem['signature-invalid']();
  return digest;
}

function inTime(ctx: Ctx, { created, expires }: Signature): void {
  const now = ctx.now.getTime() / 1_000;
  if (Math.abs(now - created) > WINDOW_S || (expires !== null && expires < now))
    throw problem['signature-expired']({ seconds: WINDOW_S });
}

interface Found extends Key {
  /** Whether it may be used from where the request came. */
  here: boolean;
}

async function keyFind(db: Db, ctx: Ctx, id: string): Promise<Found | undefined> {
  const here = sql<boolean>`addresses = '{}' or exists (
    select from unnest(addresses) a where ${plainAddress(ctx.ip ?? '::')}::inet <<= a)`;
  return db
    .selectFrom('keys_key')
    .selectAll()
    .select(here.as('here'))
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
}

async function actorOf(db: Db, ctx: Ctx, key: Found): Promise<Customer> {
  if (key.revoked_at) throw problem['key-revoked']();
  if (key.expires_at && key.expires_at <= ctx.now) throw problem['key-expired']();
  if (!key.here) throw problem['key-address']({ address: plainAddress(ctx.ip ?? '') });
  const member = await grantOfMember(db, key.customer_id, key.user_id);
  // Who is no member any more takes the keys along.
  if (!member) throw problem['key-revoked']();
  if (!key.last_used_at || key.last_used_at < addMinutes(ctx.now, -1)) await used(db, ctx, key.id);
  return {
    kind: 'customer',
    customerId: key.customer_id,
    userId: key.user_id,
    sessionId: key.id,
    grant: grantBoth(member, { all: false, areas: key.areas, services: key.services }),
    keyId: key.id,
    behalf: null,
  };
}

/** At most once a minute. */
async function used(db: Db, ctx: Ctx, id: string): Promise<void> {
  await db
    .updateTable('keys_key')
    .set({ last_used_at: ctx.now, last_used_ip: ctx.ip })
    .where('id', '=', id)
    .where((e) => e.or([e('last_used_at', 'is', null), e('last_used_at', '<', addMinutes(ctx.now, -1))]))
    .execute();
}

/** Who has this key now, for connections that outlive their first request; null when it opens nothing more (F61). */
export async function keyActor(db: Db, ctx: Ctx, id: string): Promise<Customer | null> {
  const key = await keyFind(db, ctx, id);
  try {
    return key ? await actorOf(db, ctx, key) : null;
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
