import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { customerFind } from '#modules/identity/index.ts';
import { acceptanceRecord, termsCurrent } from '#modules/terms/index.ts';
import { signedFile } from './signed-file.ts';

/**
 * Staff write down that a customer accepted the version that holds outside the console, where the terms know that way
 * (七牛云 3.1.1): signed on paper, with the scan of it, or as agreed otherwise, with what was agreed in words. All
 * highlights stand in the text that was signed.
 */
export async function acceptanceByStaff(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string } & (
    | { method: 'signed-paper'; file: string }
    | { method: 'other-agreed'; words: string }
  ),
): Promise<string> {
  const { staffId } = staffOf(ctx);
  const customer = await customerFind(tx, ctx.brand.id, input.customerId);
  if (!customer) throw common['not-found']();
  const version = await termsCurrent(tx, ctx.brand.id, ctx.now);
  const how =
    input.method === 'signed-paper' ? { file: signedFile(input.file) } : { evidence: { words: input.words } };
  return acceptanceRecord(tx, ctx, {
    customerId: customer.id,
    userId: customer.user_id,
    version,
    method: input.method,
    highlights: version.document.highlights.map(({ id }) => id),
    recordedBy: staffId,
    ...how,
  });
}
