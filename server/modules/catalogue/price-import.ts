import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { pick } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import { clauseCited, termsCurrent } from '#modules/terms/index.ts';
import { documentDigest } from './catalogue-load.ts';
import { catalogueInForce } from './catalogue-read.ts';
import { catalogueFile } from './document.ts';
import { announcement, versionAdd } from './price-change.ts';
import { priceListApply } from './price-list.ts';
import { type PriceChange, priceChanges, problem } from './rules.ts';

/**
 * Takes over a price list as a new version, all of it or nothing: `price-list-faulty` names row and column of each
 * fault. It holds no sooner than the terms announce a change of prices: `price-change-too-soon`.
 */
export async function priceImport(
  tx: Tx,
  ctx: Ctx,
  input: { csv: string; effectiveAt: Date | null; running: 'keep' | 'move' },
): Promise<{ versionId: string; effectiveAt: Date; changes: PriceChange[] }> {
  const { earliest, days, email } = await announcement(tx, ctx);
  const effectiveAt = input.effectiveAt ?? earliest;
  const before = await catalogueInForce(tx, ctx.brand.id, effectiveAt > ctx.now ? effectiveAt : ctx.now);
  const { document, faults } = priceListApply(before.document, input.csv);
  if (faults.length > 0) {
    const errors = faults.map(({ row, column, message }) => ({
      ...{ row, column },
      field: `${row}:${column}`,
      message: pick(message, ctx.locale),
    }));
    throw problem['price-list-faulty']({ faults: errors.length }, { errors });
  }
  const changes = priceChanges(before.document, document);
  if (changes.length === 0) throw problem['price-list-unchanged']();
  if (effectiveAt < earliest) {
    const version = await termsCurrent(tx, ctx.brand.id, ctx.now);
    const clause = days > 0 ? { clause: clauseCited(ctx, version, 'price_change') } : {};
    throw problem['price-change-too-soon']({ days, earliest: wallClock(earliest, ctx.brand.zone) }, clause);
  }
  catalogueFile.parse(document);
  const sha256 = documentDigest(document);
  const versionId = await versionAdd(tx, ctx, {
    ...{ document, sha256, effectiveAt, changes, email, running: input.running },
    source: 'import',
  });
  return { versionId, effectiveAt, changes };
}
