import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';
import { wallClock } from '#kernel/time.ts';
import type { PriceChange } from '#modules/catalogue/index.ts';
import { customersByIds } from '#modules/identity/index.ts';
import { noticeSendAll } from '#modules/notify/index.ts';
import { termsCurrent } from '#modules/terms/index.ts';
import './tables.ts';

export const PRICE_NOTICES = 'lifecycle.price-notices';

const batch = z.object({
  brand: z.string(),
  version: z.string(),
  effective_at: z.coerce.date(),
  changes: z.array(
    z.object({ name: z.object({ zh: z.string(), en: z.string() }), from: z.string(), to: z.string() }),
  ),
  plans: z.array(z.string()),
  /** Customers up to this one are told. */
  after: z.string().nullable(),
});

export type PriceNoticeBatch = z.infer<typeof batch>;
export const readBatch = (payload: unknown): PriceNoticeBatch => batch.parse(payload);

/** Prices are announced: whoever has a service of a plan that changes is told by mail, where the terms ask for it. */
export async function pricesAnnounced(
  tx: Tx,
  ctx: Ctx,
  announced: { versionId: string; effectiveAt: Date; changes: PriceChange[]; email: boolean },
): Promise<void> {
  if (!announced.email) return;
  await enqueue(tx, PRICE_NOTICES, {
    brand: ctx.brand.id,
    version: announced.versionId,
    effective_at: announced.effectiveAt,
    changes: announced.changes,
    plans: announced.changes.flatMap(({ plan }) => plan ?? []),
    after: null,
  });
}

const TOGETHER = 1_000;

/** Tells some, and enqueues the rest in the same transaction. Told again: nobody gets it twice. */
export async function priceNotices(tx: Tx, ctx: Ctx, told: PriceNoticeBatch): Promise<void> {
  const rows = await tx
    .selectFrom('lifecycle_service')
    .select('customer_id')
    .distinct()
    .where('brand', '=', told.brand)
    .where('state', 'in', ['preparing', 'active', 'suspended'])
    .$if(told.plans.length > 0, (q) => q.where('plan', 'in', told.plans))
    .$if(told.after !== null, (q) => q.where('customer_id', '>', told.after!))
    .orderBy('customer_id')
    .limit(TOGETHER)
    .execute();
  const customers = await customersByIds(
    tx,
    rows.map(({ customer_id }) => customer_id),
  );
  const { parameters } = (await termsCurrent(tx, ctx.brand.id, ctx.now)).document;
  await noticeSendAll(
    tx,
    ctx,
    customers.map(({ id, user_id, email, locale }) => ({
      kind: 'price-change' as const,
      dedupe: `price-change:${told.version}:${id}`,
      to: { customerId: id, userId: user_id, email, locale },
      values: {
        from: wallClock(told.effective_at, ctx.brand.zone),
        changes: told.changes.map(({ name, from, to }) => `${name[locale]}: ${from} → ${to}`).join('\n'),
        clause: parameters.price_change?.clause ?? parameters.payment.clause,
      },
    })),
  );
  if (rows.length === TOGETHER)
    await enqueue(tx, PRICE_NOTICES, { ...told, after: rows.at(-1)!.customer_id });
}
