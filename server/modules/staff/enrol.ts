import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { factorsOf, recoveryCodesIssue, requireStepUp, staffOwner } from '#modules/factors/index.ts';
import type { OpenedSession } from '#modules/identity/index.ts';
import { staffElevate } from './elevate.ts';
import { problem } from './rules.ts';
import { stageOf } from './session-stage.ts';

/**
 * Whether the actor may set up a factor now: the first one right after the password, another one only in a session that
 * has shown a factor lately. Throws `second-factor-needed`, `prove-again`.
 */
export async function mayEnrol(tx: Tx, ctx: Ctx): Promise<void> {
  const factors = await factorsOf(tx, staffOwner(staffOf(ctx).staffId));
  const stage = await stageOf(tx, ctx, factors.length > 0);
  if (stage === 'second-factor') throw problem['second-factor-needed']();
  if (stage === 'password' || stage === 'done') await requireStepUp(tx, ctx);
}

export interface Enrolled {
  /** Shown once, with the first factor; null when there are some already. */
  recoveryCodes: string[] | null;
  session: OpenedSession | null;
}

/** A factor was set up, which shows it as well: the first one opens the back office and brings recovery codes. */
export async function staffEnrolled(tx: Tx, ctx: Ctx, by: 'totp' | 'passkey'): Promise<Enrolled> {
  const owner = staffOwner(staffOf(ctx).staffId);
  const factors = await factorsOf(tx, owner);
  const recoveryCodes = factors.includes('recovery-code') ? null : await recoveryCodesIssue(tx, ctx, owner);
  return { recoveryCodes, session: await staffElevate(tx, ctx, by) };
}
