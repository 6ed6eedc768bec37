import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { disclosureRecord } from '#modules/disclosures/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { sealedFor } from './request-decide.ts';
import { type Exported, problem } from './rules.ts';
import './tables.ts';

/**
 * Gives the file out, once: from here on it is disclosed, which is recorded with its basis, and the customer is told
 * unless the basis forbids it. Throws `authority-file-gone`.
 */
export async function fileTake(tx: Tx, ctx: Ctx, sealer: Sealer, id: string): Promise<Buffer> {
  const { staffId } = staffOf(ctx);
  const request = await tx
    .selectFrom('authorities_request')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!request) throw common['not-found']();
  if (!request.file_sealed || request.expires_at! <= ctx.now) throw problem['authority-file-gone']();
  const { customer_id: customerId, authority, document, article, untold_reason } = request;
  await tx
    .updateTable('authorities_request')
    .set({ state: 'downloaded', file_sealed: null, downloaded_at: ctx.now, downloaded_by: staffId })
    .where('id', '=', id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'authority.file-had',
    subject: { kind: 'authority-request', id },
    customerId,
    facts: { sha256: request.file_sha256, told: false },
  });
  const notice =
    untold_reason === null ? await tell(tx, ctx, { id, customerId, authority, document, article }) : null;
  await disclosureRecord(tx, ctx, {
    customerId,
    case: request.case,
    kinds: request.kinds as Exported[],
    to: authority,
    reference: document,
    byLaw: { article, untoldReason: untold_reason, notice },
  });
  return Buffer.from(sealer.open(request.file_sealed, sealedFor(id)), 'base64');
}

async function tell(
  tx: Tx,
  ctx: Ctx,
  given: { id: string; customerId: string; authority: string; document: string; article: string },
): Promise<string> {
  const { id, customerId, ...values } = given;
  const { user_id: userId, email, locale } = await customerRead(tx, customerId);
  return noticeSend(tx, ctx, {
    kind: 'disclosed-to-authority',
    dedupe: `disclosed-to-authority:${id}`,
    to: { customerId, userId, email, locale },
    values,
  });
}
