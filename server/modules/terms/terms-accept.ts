import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { pick } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { problem } from './rules.ts';
import { termsCurrent } from './terms-read.ts';
import './tables.ts';

/**
 * Records that the customer accepted exactly this text, each highlighted limit confirmed for itself (蓝天云 preamble).
 * Accepting again is recorded again.
 */
export async function termsAccept(
  tx: Tx,
  ctx: Ctx,
  input: { versionId: string; sha256: string; highlights: string[] },
): Promise<{ id: string; at: Date }> {
  const { customerId, userId } = customerOf(ctx);
  const current = await termsCurrent(tx, ctx.brand.id);
  if (current.id !== input.versionId || current.sha256 !== input.sha256) throw problem['terms-outdated']();
  const missing = current.document.highlights.filter(({ id }) => !input.highlights.includes(id));
  if (missing.length > 0) {
    const names = missing.map(({ title }) => pick(title, ctx.locale)).join(ctx.locale === 'zh' ? '、' : ', ');
    throw problem['highlights-unconfirmed']({ missing: names }, { missing: missing.map(({ id }) => id) });
  }
  const id = newId();
  await tx
    .insertInto('terms_acceptance')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      user_id: userId,
      version_id: current.id,
      sha256: current.sha256,
      highlights: current.document.highlights.map((highlight) => highlight.id),
      method: 'click',
      at: ctx.now,
      ip: ctx.ip,
      user_agent: ctx.userAgent,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'terms.accepted',
    subject: { kind: 'terms', id: current.id },
    customerId,
    facts: {
      version: current.version,
      sha256: current.sha256,
      highlights: current.document.highlights.map((h) => h.id),
    },
  });
  return { id, at: ctx.now };
}
