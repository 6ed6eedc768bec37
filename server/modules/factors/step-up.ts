import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { addMinutes } from '#kernel/time.ts';
import { sessionProvedAt } from '#modules/identity/index.ts';
import { PROVED_MINUTES, problem } from './rules.ts';

/** Whether the actor showed a password or a factor in this session within 15 minutes. A key never did. */
export async function stepUp(db: Db | Tx, { actor, now }: Ctx): Promise<boolean> {
  if (actor.kind !== 'customer' && actor.kind !== 'staff') return false;
  if (actor.kind === 'customer' && (actor.keyId || actor.behalf)) return false;
  const at = await sessionProvedAt(db, actor.sessionId);
  return at !== null && at > addMinutes(now, -PROVED_MINUTES);
}

/** For acts that a session left open on somebody's desk must not do. Throws `prove-again`. */
export async function requireStepUp(db: Db | Tx, ctx: Ctx): Promise<void> {
  if (!(await stepUp(db, ctx))) throw problem['prove-again']();
}
