import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customersByIds } from '#modules/identity/index.ts';
import { noticeSendAll } from '#modules/notify/index.ts';
import type { TermsDocument } from './document.ts';
import { askedBy, effectOf } from './revision-rules.ts';
import { documentChanges } from './terms-diff.ts';
import { termsCurrent, versionNewest } from './terms-read.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** From now on this version holds on the brand's site. */
    'terms.in-force': { version: string; replaces: string | null };
  }
}

export const REVISION_NOTICES = 'terms.revision-notices';

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
  // The site shows it to everybody by itself; what goes to each customer goes in batches.
  if (rule?.channels?.some((channel) => channel !== 'site'))
    await enqueue(tx, REVISION_NOTICES, { brand, version, replaces: inForce.version, after: null });
  return effectiveAt;
}

const batch = z.object({
  brand: z.string(),
  version: z.string(),
  replaces: z.string(),
  /** Customers up to this one are told. */
  after: z.string().nullable(),
});
export type RevisionNotices = z.infer<typeof batch>;
export const readBatch = (payload: unknown): RevisionNotices => batch.parse(payload);

const TOGETHER = 1_000;

/** Tells some of those who accepted any version, and enqueues the rest in the same transaction. Nobody is told twice. */
export async function revisionNotices(tx: Tx, ctx: Ctx, told: RevisionNotices): Promise<void> {
  const rows = await tx
    .selectFrom('terms_acceptance')
    .select('customer_id')
    .distinct()
    .where('brand', '=', told.brand)
    .$if(told.after !== null, (q) => q.where('customer_id', '>', told.after!))
    .orderBy('customer_id')
    .limit(TOGETHER)
    .execute();
  const { effective_at } = await tx
    .selectFrom('terms_revision')
    .select('effective_at')
    .where('brand', '=', told.brand)
    .where('version', '=', told.version)
    .executeTakeFirstOrThrow();
  const [before, next] = await Promise.all([
    versionNewest(tx, told.brand, told.replaces),
    versionNewest(tx, told.brand, told.version),
  ]);
  const rule = before!.document.parameters.revision;
  const changed = documentChanges(before!.document, next!.document);
  const ids = rows.map(({ customer_id }) => customer_id);
  const customers = await customersByIds(tx, ids);
  await noticeSendAll(
    tx,
    ctx,
    customers.map(({ id, user_id, email, locale }) => ({
      kind: askedBy(rule) === 'use' ? ('terms-revised-use' as const) : ('terms-revised' as const),
      dedupe: `terms-revised:${told.version}:${id}`,
      to: { customerId: id, userId: user_id, email, locale },
      values: {
        title: next!.document.title[locale],
        version: told.version,
        from: wallClock(effective_at, ctx.brand.zone),
        clause: rule?.clause ?? '',
        changes: changed.map(({ id: clause, title }) => `§ ${clause} ${title[locale]}`).join('\n'),
      },
    })),
  );
  if (rows.length === TOGETHER)
    await enqueue(tx, REVISION_NOTICES, { ...told, after: rows.at(-1)!.customer_id });
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
