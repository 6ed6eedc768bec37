import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { addDays } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { termsCurrent } from '#modules/terms/index.ts';
import type { CatalogueDocument } from './document.ts';
import { type PriceChange, priceChanges } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    'prices.announced': PricesAnnounced;
  }
}

export interface PricesAnnounced {
  versionId: string;
  effectiveAt: Date;
  changes: PriceChange[];
  /** The terms ask for more than the site. */
  email: boolean;
  /** What of services that run: they keep their price, or move to the new one with their next renewal. */
  running: 'keep' | 'move';
}

/** What the brand's terms ask before a changed price holds: how many natural days, and by which channels. */
export async function announcement(db: Db | Tx, ctx: Ctx) {
  const { parameters } = (await termsCurrent(db, ctx.brand.id, ctx.now)).document;
  const { notice_days: days, channels } = parameters.price_change ?? { notice_days: 0, channels: [] };
  return {
    days,
    earliest: days === 0 ? ctx.now : addDays(ctx.now, days, ctx.brand.zone),
    email: (channels as readonly string[]).includes('email'),
  };
}

/** Writes down a version and announces what it changes. Orders keep the version that they were made at. */
export async function versionAdd(
  tx: Tx,
  ctx: Ctx,
  input: {
    document: CatalogueDocument;
    sha256: string;
    source: 'file' | 'import';
    effectiveAt: Date;
    changes: PriceChange[];
    email: boolean;
    running?: 'keep' | 'move';
  },
): Promise<string> {
  const { document, sha256, source, effectiveAt, changes, email, running = 'keep' } = input;
  const id = newId();
  await tx
    .insertInto('catalogue_version')
    .values({
      id,
      brand: ctx.brand.id,
      sha256,
      document: JSON.stringify(document),
      effective_at: effectiveAt,
      source,
      running,
      published_at: ctx.now,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: source === 'file' ? 'catalogue.loaded' : 'catalogue.imported',
    subject: { kind: 'catalogue', id },
    customerId: null,
    facts: { sha256, effective_at: effectiveAt.toISOString(), changes, running },
  });
  if (changes.length > 0)
    await ctx.bus.emit(tx, ctx, 'prices.announced', { versionId: id, effectiveAt, changes, email, running });
  return id;
}

/** Versions that will hold, each with what it changes against the one before it. */
export function priceChangesAhead(
  inForce: { document: CatalogueDocument },
  ahead: readonly {
    id: string;
    document: CatalogueDocument;
    effective_at: Date;
    published_at: Date | null;
    running: 'keep' | 'move';
  }[],
) {
  return ahead.map((version, i) => {
    const before = i === 0 ? inForce : ahead[i - 1]!;
    return { ...version, changes: priceChanges(before.document, version.document) };
  });
}
