import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { normalEmail, staffSessionsEnd } from '#modules/identity/index.ts';
import { GIVEN_PASSWORD_HOURS } from './rules.ts';
import { staffTell } from './told.ts';
import './tables.ts';

/** The member of the staff with this address; null when there is none, or they left. */
export async function staffByEmail(db: Db | Tx, email: string): Promise<string | null> {
  const row = await db
    .selectFrom('identity_staff')
    .select('id')
    .where('email_normal', '=', normalEmail(email))
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** A new password for a member of staff, whose sessions all end. False when there is none of that address. */
export async function staffPassword(
  tx: Tx,
  ctx: Ctx,
  input: { email: string; passwordHash: string },
): Promise<boolean> {
  const staffId = await staffByEmail(tx, input.email);
  if (!staffId) return false;
  await staffPasswordGive(tx, ctx, { staffId, passwordHash: input.passwordHash });
  return true;
}

/** Until when a password made now by somebody else opens the way to one of their own (ASVS 5.0 6.4.1). */
export const givenUntil = (ctx: Ctx): Date => addMinutes(ctx.now, GIVEN_PASSWORD_HOURS * 60);

/** A password that somebody else made: all sessions end, and it is changed at the next sign-in or lapses. */
export async function staffPasswordGive(
  tx: Tx,
  ctx: Ctx,
  { staffId, passwordHash }: { staffId: string; passwordHash: string },
): Promise<void> {
  const password_given_until = givenUntil(ctx);
  await update(tx, staffId, { password_hash: passwordHash, password_given_until });
  await staffSessionsEnd(tx, ctx, staffId);
  await record(tx, ctx, staffId, 'staff.password-set');
}

/** The actor's own password, chosen by themselves: their other sessions end, and they are told. */
export async function staffPasswordChoose(tx: Tx, ctx: Ctx, passwordHash: string): Promise<void> {
  const { staffId, sessionId } = staffOf(ctx);
  await update(tx, staffId, { password_hash: passwordHash, password_given_until: null });
  await staffSessionsEnd(tx, ctx, staffId, { except: sessionId });
  await record(tx, ctx, staffId, 'staff.password-changed');
  await staffTell(tx, ctx, staffId, 'staff-password-changed', { at: ctx.now.toISOString() });
}

function update(
  tx: Tx,
  staffId: string,
  values: { password_hash: string; password_given_until: Date | null },
) {
  return tx.updateTable('identity_staff').set(values).where('id', '=', staffId).execute();
}

function record(tx: Tx, ctx: Ctx, staffId: string, action: string) {
  return auditRecord(tx, ctx, { action, subject: { kind: 'staff', id: staffId }, customerId: null });
}

/** The same password, kept at today's cost; nothing when it was changed meanwhile. */
export async function staffPasswordStrengthen(
  tx: Tx,
  { staffId, was, becomes }: { staffId: string; was: string; becomes: string },
): Promise<void> {
  await tx
    .updateTable('identity_staff')
    .set({ password_hash: becomes })
    .where('id', '=', staffId)
    .where('password_hash', '=', was)
    .execute();
}
