import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { grantOfMember, userRead } from '#modules/identity/index.ts';
import type { Key } from './key-make.ts';
import './tables.ts';

export type KeyState = 'live' | 'expired' | 'revoked' | 'maker-gone';

/** A customer's keys without their secrets, newest first; those that are over for the last hundred alone. */
export async function keyList(db: Db, ctx: Ctx, customerId: string) {
  const rows = await db
    .selectFrom('keys_key')
    .select(['id', 'user_id', 'name', 'kind', 'areas', 'services', 'created_at', 'expires_at', 'revoked_at'])
    .select(['last_used_at', 'last_used_ip', sql<string[]>`addresses::text[]`.as('addresses')])
    .where('customer_id', '=', customerId)
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
  const makers = [...new Set(rows.map(({ user_id }) => user_id))];
  const emails = new Map<string, string>();
  const gone = new Set<string>();
  for (const user of makers) {
    emails.set(user, (await userRead(db, user)).email ?? '');
    if (!(await grantOfMember(db, customerId, user))) gone.add(user);
  }
  return rows.map(({ user_id, created_at, expires_at, revoked_at, last_used_at, ...row }) => ({
    ...row,
    areas: row.areas as Record<string, 'read' | 'write'>,
    made_by: { id: user_id, email: emails.get(user_id) ?? '' },
    created_at: created_at.toISOString(),
    expires_at: expires_at?.toISOString() ?? null,
    revoked_at: revoked_at?.toISOString() ?? null,
    last_used_at: last_used_at?.toISOString() ?? null,
    state: stateOf(ctx, { revoked_at, expires_at }, gone.has(user_id)),
  }));
}

function stateOf(
  ctx: Ctx,
  { revoked_at, expires_at }: Pick<Key, 'revoked_at' | 'expires_at'>,
  gone: boolean,
): KeyState {
  if (gone) return 'maker-gone';
  if (revoked_at) return 'revoked';
  return expires_at && expires_at <= ctx.now ? 'expired' : 'live';
}
