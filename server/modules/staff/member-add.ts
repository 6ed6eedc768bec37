import { randomBytes } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { mayGrant } from './holdings-set.ts';
import { type Holding, problem } from './rules.ts';
import { staffAdd } from './staff-add.ts';

/** For a first password that is told once. */
export const newPassword = (): string => randomBytes(12).toString('base64url');

/** Somebody new, with roles that the actor may grant. Throws `staff-exists`, `role-unknown`, `grant-too-far`. */
export async function memberAdd(
  tx: Tx,
  ctx: Ctx,
  brands: readonly string[],
  input: { email: string; name: string; passwordHash: string; holdings: readonly Holding[] },
): Promise<string> {
  await mayGrant(tx, ctx, brands, input.holdings);
  try {
    return await staffAdd(tx, ctx, input);
  } catch (error) {
    if (violated(error) === 'identity_staff_email_taken') throw problem['staff-exists']();
    throw error;
  }
}
