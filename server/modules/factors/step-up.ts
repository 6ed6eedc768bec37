import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { addMinutes } from '#kernel/time.ts';
import { sessionFactorAt, sessionProvedAt } from '#modules/identity/index.ts';
import { userOwner } from './owner.ts';
import { PROVED_MINUTES, problem } from './rules.ts';
import { factorsOf } from './second-factor.ts';

/**
 * Whether the actor showed a password or a factor in this session within 15 minutes. A key never did; nor has a session
 * that owes a factor, whatever else it showed.
 */
export async function stepUp(db: Db | Tx, ctx: Ctx): Promise<boolean> {
  const { actor, now } = ctx;
  if (actor.kind !== 'customer' && actor.kind !== 'staff') return false;
  if (actor.kind === 'customer' && (actor.keyId || actor.behalf)) return false;
  const at = await sessionProvedAt(db, actor.sessionId);
  return at !== null && at > addMinutes(now, -PROVED_MINUTES) && !(await factorOwed(db, ctx));
}

/**
 * Whether the actor has a second factor that this session hasn't shown: it was opened before there was one, by whoever
 * knew the password then. With the password alone it would take the factor away, or set up another one.
 */
export async function factorOwed(db: Db | Tx, { actor }: Ctx): Promise<boolean> {
  if (actor.kind !== 'customer' || actor.keyId || actor.behalf) return false;
  if (await sessionFactorAt(db, actor.sessionId)) return false;
  return (await factorsOf(db, userOwner(actor.userId))).length > 0;
}

/** For acts that a session left open on somebody's desk must not do. Throws `prove-again`. */
export async function requireStepUp(db: Db | Tx, ctx: Ctx): Promise<void> {
  if (!(await stepUp(db, ctx))) throw problem['prove-again']();
}

/** For acts that take the password itself for proof. Throws `prove-again`. */
export async function requireNoFactorOwed(db: Db | Tx, ctx: Ctx): Promise<void> {
  if (await factorOwed(db, ctx)) throw problem['prove-again']();
}
