import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { normalEmail } from './rules.ts';
import { signUp } from './sign-up.ts';

/** A customer whose address counts as verified, for the first start of a development deployment. */
export async function customerSeed(
  tx: Tx,
  ctx: Ctx,
  input: { email: string; passwordHash: string },
): Promise<void> {
  await signUp(tx, ctx, { ...input, minor: false, locale: 'zh' });
  await tx
    .updateTable('identity_user')
    .set({ email_verified_at: ctx.now })
    .where('brand', '=', ctx.brand.id)
    .where('email_normal', '=', normalEmail(input.email))
    .execute();
}
