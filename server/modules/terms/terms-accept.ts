import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { pick } from '#kernel/text.ts';
import { acceptanceRecord } from './acceptance-record.ts';
import { problem } from './rules.ts';
import { termsCurrent } from './terms-read.ts';
import './tables.ts';

/** Where somebody confirmed the highlights: on the page for it, while registering, with a purchase. */
export type Confirmed = 'click' | 'register' | 'purchase';

/**
 * Records that the customer accepted exactly this text, each highlighted limit confirmed for itself (蓝天云 preamble).
 * Accepting again is recorded again.
 */
export async function termsAccept(
  tx: Tx,
  ctx: Ctx,
  input: { versionId: string; sha256: string; highlights: string[]; method?: Confirmed | undefined },
): Promise<{ id: string; at: Date }> {
  const { customerId, userId } = customerOf(ctx);
  const current = await termsCurrent(tx, ctx.brand.id, ctx.now);
  if (current.id !== input.versionId || current.sha256 !== input.sha256) throw problem['terms-outdated']();
  const missing = current.document.highlights.filter(({ id }) => !input.highlights.includes(id));
  if (missing.length > 0) {
    const names = missing.map(({ title }) => pick(title, ctx.locale)).join(ctx.locale === 'zh' ? '、' : ', ');
    throw problem['highlights-unconfirmed']({ missing: names }, { missing: missing.map(({ id }) => id) });
  }
  const id = await acceptanceRecord(tx, ctx, {
    customerId,
    userId,
    version: current,
    method: input.method ?? 'click',
    highlights: current.document.highlights.map((highlight) => highlight.id),
  });
  return { id, at: ctx.now };
}
