import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';
import { wallClock } from '#kernel/time.ts';
import { catalogueById, type PricesAnnounced } from '#modules/catalogue/index.ts';
import { customersByIds } from '#modules/identity/index.ts';
import { customersServed, servicesLivingOf } from '#modules/lifecycle/index.ts';
import { noticeSendAll } from '#modules/notify/index.ts';
import { termsCurrent } from '#modules/terms/index.ts';
import { addressOf, runningText } from './price-text.ts';
import { type Move, movesNote, movesPlan } from './services-move.ts';

export const PRICES_TELL = 'prices.tell';

const batch = z.object({
  brand: z.string(),
  version: z.string(),
  effective_at: z.coerce.date(),
  running: z.enum(['keep', 'move']),
  changes: z.array(
    z.object({
      product: z.string(),
      name: z.object({ zh: z.string(), en: z.string() }),
      from: z.string(),
      to: z.string(),
    }),
  ),
  /** Customers up to this one are told. */
  after: z.string().nullable(),
});

export type PricesTold = z.infer<typeof batch>;
export const readTold = (payload: unknown): PricesTold => batch.parse(payload);

/**
 * Prices are announced. Whose services move to them is always told, of each one, before it can; of prices that services
 * keep, whoever has some of the product is told where the terms ask for more than the site.
 */
export async function pricesAnnounced(tx: Tx, ctx: Ctx, announced: PricesAnnounced): Promise<void> {
  const { versionId: version, effectiveAt, running, changes, email } = announced;
  if (!email && running === 'keep') return;
  await enqueue(tx, PRICES_TELL, {
    brand: ctx.brand.id,
    version,
    effective_at: effectiveAt,
    running,
    changes,
    after: null,
  });
}

const TOGETHER = 1_000;

/** Tells some, and enqueues the rest in the same transaction. Told again: nobody gets it twice, no service moves twice. */
export async function pricesTell(tx: Tx, ctx: Ctx, told: PricesTold): Promise<void> {
  const products = [...new Set(told.changes.map(({ product }) => product))];
  const ids = await customersServed(tx, told.brand, { products, after: told.after, limit: TOGETHER });
  const customers = await customersByIds(tx, ids);
  const services = told.running === 'move' ? await servicesLivingOf(tx, told.brand, ids) : [];
  const { document } = await catalogueById(tx, told.version);
  const moves = await movesPlan(tx, ctx, { ...told, document }, services);
  const { parameters } = (await termsCurrent(tx, ctx.brand.id, ctx.now)).document;
  const clause = parameters.price_change?.clause ?? parameters.payment.clause;
  const of = new Map<string, Move[]>();
  for (const move of moves)
    of.set(move.service.customer_id, [...(of.get(move.service.customer_id) ?? []), move]);
  const notices = await noticeSendAll(
    tx,
    ctx,
    customers.map((customer) => {
      const own = of.get(customer.id) ?? [];
      return {
        kind: 'price-change' as const,
        dedupe: `price-change:${told.version}:${customer.id}`,
        to: addressOf(customer),
        values: {
          from: wallClock(told.effective_at, ctx.brand.zone),
          changes: told.changes
            .map(({ name, from, to }) => `${name[customer.locale]}: ${from} → ${to}`)
            .join('\n'),
          clause: own[0]?.clause.clause ?? clause,
          running: runningText(ctx, customer.locale, own),
        },
      };
    }),
  );
  const noticeOf = new Map(customers.map(({ id }, i) => [id, notices[i]!]));
  await movesNote(tx, ctx, told.version, moves, (service) => noticeOf.get(service.customer_id)!);
  if (ids.length === TOGETHER) await enqueue(tx, PRICES_TELL, { ...told, after: ids.at(-1)! });
}
