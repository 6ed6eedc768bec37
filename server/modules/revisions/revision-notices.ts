import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Events } from '#kernel/events.ts';
import { enqueue } from '#kernel/jobs.ts';
import { wallClock } from '#kernel/time.ts';
import { customersByIds } from '#modules/identity/index.ts';
import { noticeSendAll } from '#modules/notify/index.ts';
import { askedBy, customersAccepted, revisionList, versionNewest } from '#modules/terms/index.ts';
import { documentChanges } from './terms-diff.ts';

export const REVISION_NOTICES = 'revisions.notices';

/** The site shows a revision to everybody by itself; where the terms name more, each customer is told, in batches. */
export async function revisionTell(tx: Tx, ctx: Ctx, said: Events['terms.announced']): Promise<void> {
  const { version, replaces, channels } = said;
  if (channels.some((channel) => channel !== 'site'))
    await enqueue(tx, REVISION_NOTICES, { brand: ctx.brand.id, version, replaces, after: null });
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
  const ids = await customersAccepted(tx, told.brand, { after: told.after, limit: TOGETHER });
  const { effective_at } = (await revisionList(tx, told.brand)).find(
    ({ version }) => version === told.version,
  )!;
  const [before, next] = await Promise.all([
    versionNewest(tx, told.brand, told.replaces),
    versionNewest(tx, told.brand, told.version),
  ]);
  const rule = before!.document.parameters.revision;
  const changed = documentChanges(before!.document, next!.document);
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
  if (ids.length === TOGETHER) await enqueue(tx, REVISION_NOTICES, { ...told, after: ids.at(-1)! });
}
