import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { type Does, grantWithin } from '#kernel/grant.ts';
import { customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { newToken, type Sealer, tokenHash } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { KEYS_PER_CUSTOMER, type KeyArea, problem } from './rules.ts';
import type { KeyKind, KeyTable } from './tables.ts';
import './tables.ts';

export interface KeyWanted {
  name: string;
  kind: KeyKind;
  areas: Partial<Record<KeyArea, Does>>;
  /** Null: whatever its maker reaches. */
  services: string[] | null;
  /** Addresses and networks from which it may be used; none: any. */
  addresses: string[];
  expiresAt: Date | null;
}

/**
 * Makes a key of the member who asks. Its secret is told once: of a bearer only the hash is kept, that of signatures
 * is sealed. Throws `key-by-person`, `key-beyond-maker`, `key-expiry`, `keys-too-many`.
 */
export async function keyMake(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  wanted: KeyWanted,
): Promise<{ id: string; secret: string }> {
  const { customerId, userId, grant, keyId, behalf } = customerOf(ctx);
  if (keyId !== null || behalf !== null) throw problem['key-by-person']();
  const { name, kind, areas, services, addresses, expiresAt } = wanted;
  if (!grantWithin(grant, { all: false, areas, services: services ?? limitedTo(grant) }))
    throw problem['key-beyond-maker']();
  if (expiresAt && expiresAt <= ctx.now) throw problem['key-expiry']();
  await roomFor(tx, ctx, customerId);
  const id = newId();
  const secret = newToken();
  await tx
    .insertInto('keys_key')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      user_id: userId,
      name,
      kind,
      secret_hash: kind === 'bearer' ? tokenHash(secret) : null,
      secret_sealed: kind === 'signed' ? sealer.seal(secret, sealedFor(id)) : null,
      areas: sql`${JSON.stringify(areas)}::jsonb`,
      services,
      addresses: sql`(select coalesce(array_agg(network(a::inet)), '{}') from unnest(${addresses}::text[]) a)::cidr[]`,
      created_at: ctx.now,
      expires_at: expiresAt,
      revoked_at: null,
      last_used_at: null,
      last_used_ip: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'key.made',
    subject: { kind: 'key', id },
    customerId,
    facts: {
      after: {
        name,
        kind,
        areas,
        services,
        addresses: addresses.length,
        expires_at: expiresAt?.toISOString() ?? null,
      },
    },
  });
  await ctx.bus.emit(tx, ctx, 'key.made', { customerId, userId, keyId: id, name });
  return { id, secret };
}

declare module '#kernel/events.ts' {
  interface Events {
    'key.made': { customerId: string; userId: string; keyId: string; name: string };
  }
}

/** Without services of its own a key reaches what its maker reaches at each moment: that can't be beyond them. */
function limitedTo(grant: ReturnType<typeof customerOf>['grant']): string[] | null {
  return grant.all ? null : grant.services;
}

/** Makers of one customer take turns. */
async function roomFor(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('keys.make'), hashtext(${customerId}))`.execute(tx);
  const { live } = await tx
    .selectFrom('keys_key')
    .select((e) => e.fn.countAll<bigint>().as('live'))
    .where('customer_id', '=', customerId)
    .where('revoked_at', 'is', null)
    .where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', ctx.now)]))
    .executeTakeFirstOrThrow();
  if (live >= KEYS_PER_CUSTOMER) throw problem['keys-too-many']();
}

export function sealedFor(id: string): string {
  return `keys_key:${id}`;
}

export type Key = Selectable<KeyTable>;
