import type { Insertable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { EVERYTHING } from '#kernel/grant.ts';
import { newId } from '#kernel/ids.ts';
import { newToken, tokenHash } from '#kernel/seal.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { SESSION_DAYS, STAFF_SESSION_HOURS } from './rules.ts';
import { type Came, cameBefore } from './session-list.ts';
import type { SessionTable } from './tables.ts';

export type SessionOwner =
  | { userId: string; customerId: string; behalf?: { staffId: string; expiresAt: Date } }
  | { staffId: string };

export interface OpenedSession {
  token: string;
  sessionId: string;
  expiresAt: Date;
}

/**
 * Opens a session and returns its token, which only the browser keeps. `by`: how whoever opens it showed who they are,
 * which counts as proof of it for a while. Says also from where a user came before; of staff nothing.
 */
export async function sessionOpen(
  tx: Tx,
  ctx: Ctx,
  owner: SessionOwner,
  by = 'password',
): Promise<OpenedSession & { before: Came[] }> {
  const token = newToken();
  const staff = 'staffId' in owner;
  const behalf = staff ? null : (owner.behalf ?? null);
  const { hours, staffMinutes } = ctx.brand.sessionIdle;
  const row = {
    id: newId(),
    token_hash: tokenHash(token),
    brand: ctx.brand.id,
    user_id: staff ? null : owner.userId,
    customer_id: staff ? null : owner.customerId,
    staff_id: staff ? owner.staffId : null,
    created_at: ctx.now,
    last_seen_at: ctx.now,
    expires_at:
      behalf?.expiresAt ?? addMinutes(ctx.now, staff ? STAFF_SESSION_HOURS * 60 : SESSION_DAYS * 24 * 60),
    idle_seconds: staff || behalf ? staffMinutes * 60 : hours * 3_600,
    ended_at: null,
    ip: ctx.ip,
    user_agent: ctx.userAgent,
    opened_by: by,
    // Whoever is here in somebody's place has shown nothing of theirs.
    proved_at: behalf ? null : ctx.now,
    factor_at: by === 'passkey' || by.includes('+') ? ctx.now : null,
    behalf_staff_id: behalf?.staffId ?? null,
  };
  const before = await insertAfter(tx, row, staff ? null : cameBefore(tx, owner.userId, ctx.now));
  const actor = staff
    ? { kind: 'staff' as const, staffId: owner.staffId, sessionId: row.id, grant: EVERYTHING }
    : {
        kind: 'customer' as const,
        userId: owner.userId,
        customerId: owner.customerId,
        sessionId: row.id,
        grant: EVERYTHING,
        keyId: null,
        behalf: behalf?.staffId ?? null,
      };
  await auditRecord(
    tx,
    { ...ctx, actor },
    {
      action: 'session.opened',
      subject: { kind: 'session', id: row.id },
      customerId: row.customer_id,
      facts: { by },
    },
  );
  return { token, sessionId: row.id, expiresAt: row.expires_at, before };
}

/** In one statement: a look at what was there, which doesn't see the new one. */
async function insertAfter(
  tx: Tx,
  row: Insertable<SessionTable>,
  look: ReturnType<typeof cameBefore> | null,
): Promise<Came[]> {
  if (look) {
    return tx
      .with('opened', (from) => from.insertInto('identity_session').values(row))
      .selectFrom(look.as('before'))
      .selectAll()
      .execute();
  }
  await tx.insertInto('identity_session').values(row).execute();
  return [];
}
