import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import type { TermsDocument } from './document.ts';
import { effectOf } from './revision-rules.ts';
import { termsCurrent } from './terms-read.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A revision is published; the site shows it, further channels have to tell it. */
    'terms.announced': { version: string; replaces: string; channels: readonly string[] };
    /** From now on this version holds on the brand's site. */
    'terms.in-force': { version: string; replaces: string | null };
  }
}

/** The version with the latest date, and the latest time from which any holds. */
export async function revisionNewest(db: Db | Tx, brand: string) {
  const row = await db
    .selectFrom('terms_revision')
    .select((e) => [e.fn.max('version').as('version'), e.fn.max('effective_at').as('effective_at')])
    .where('brand', '=', brand)
    .executeTakeFirst();
  return row?.version ? { version: row.version, effective_at: row.effective_at! } : null;
}

/**
 * Writes down when a new version was announced and from when it holds, by the `revision` of the version that holds
 * until then. A brand's first holds at once and is announced to nobody. Returns from when it holds.
 */
export async function revisionAnnounce(
  tx: Tx,
  ctx: Ctx,
  input: { document: TermsDocument; newest: { effective_at: Date } | null },
): Promise<Date> {
  const { version } = input.document;
  const brand = ctx.brand.id;
  const row = { brand, version, announced_at: ctx.now, in_force_at: null };
  if (!input.newest) {
    const first = { ...row, effective_at: ctx.now, replaces: null, clause_id: null, clause_hash: null };
    await tx
      .insertInto('terms_revision')
      .values({ ...first, in_force_at: ctx.now })
      .execute();
    return ctx.now;
  }
  const inForce = await termsCurrent(tx, brand, ctx.now);
  const rule = inForce.document.parameters.revision;
  const effectiveAt = effectOf({
    rule,
    announcedAt: ctx.now,
    datedOn: version,
    notBefore: input.newest.effective_at,
    zone: ctx.brand.zone,
  });
  await tx
    .insertInto('terms_revision')
    .values({
      ...row,
      effective_at: effectiveAt,
      replaces: inForce.version,
      clause_id: rule?.clause ?? null,
      clause_hash: inForce.sha256,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'terms.announced',
    subject: { kind: 'terms', id: version },
    customerId: null,
    facts: {
      version,
      replaces: inForce.version,
      effective_at: effectiveAt.toISOString(),
      clause: rule?.clause ?? null,
    },
  });
  const channels = rule?.channels ?? ['site' as const];
  await ctx.bus.emit(tx, ctx, 'terms.announced', { version, replaces: inForce.version, channels });
  return effectiveAt;
}

/** Notes that what was announced has come to hold, and says so. Returns how many. */
export async function revisionsInForce(tx: Tx, ctx: Ctx): Promise<number> {
  const due = await tx
    .selectFrom('terms_revision')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('in_force_at', 'is', null)
    .where('effective_at', '<=', ctx.now)
    .orderBy('effective_at')
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { brand, version, replaces, effective_at } of due) {
    await tx
      .updateTable('terms_revision')
      .set({ in_force_at: ctx.now })
      .where('brand', '=', brand)
      .where('version', '=', version)
      .execute();
    await auditRecord(tx, ctx, {
      action: 'terms.in-force',
      subject: { kind: 'terms', id: version },
      customerId: null,
      facts: { version, replaces, since: effective_at.toISOString() },
    });
    await ctx.bus.emit(tx, ctx, 'terms.in-force', { version, replaces });
  }
  return due.length;
}
