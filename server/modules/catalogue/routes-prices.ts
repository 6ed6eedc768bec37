import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, actOnce, amountOut, id, instant, listOf, localized } from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { catalogueInForce, cataloguesAhead } from './catalogue-read.ts';
import { priceChangesAhead } from './price-change.ts';
import { priceImport } from './price-import.ts';
import { priceListOf } from './price-list.ts';
import type { PriceChange } from './rules.ts';

const change = z.object({
  product: z.string(),
  /** One of both is null. */
  plan: z.string().nullable(),
  option: z.string().nullable(),
  name: localized,
  /** Yuan a month, of an option for one unit. */
  from: amountOut,
  to: amountOut,
});

const running = z.enum(['keep', 'move']);

export function priceRoutes(app: App, house: House): void {
  app.get(
    '/price-changes',
    {
      config: { access: 'public' },
      schema: {
        tags: ['catalogue'],
        response: {
          200: listOf(
            z.object({
              version_id: id,
              announced_at: instant.nullable(),
              effective_at: instant,
              /** move: services that run pay the new price from their next renewal on. */
              running,
              changes: z.array(change),
            }),
          ),
        },
      },
    },
    async ({ ctx }) => {
      const { brand, now } = ctx;
      const inForce = await catalogueInForce(house.db, brand.id, now);
      const ahead = priceChangesAhead(inForce, await cataloguesAhead(house.db, brand.id, now));
      const items = ahead
        .filter(({ changes }) => changes.length > 0)
        .map((version) => ({
          version_id: version.id,
          announced_at: version.published_at?.toISOString() ?? null,
          effective_at: version.effective_at.toISOString(),
          running: version.running,
          changes: version.changes.map(shownChange),
        }));
      return { items, next: null };
    },
  );

  app.get(
    '/staff/prices',
    {
      config: { access: 'staff', area: 'catalogue' },
      schema: {
        tags: ['staff'],
        /** csv: as it can be changed and imported again. */
        response: { 200: z.object({ version_id: id, effective_at: instant, csv: z.string() }) },
      },
    },
    async ({ ctx }) => {
      const {
        id: version_id,
        document,
        effective_at,
      } = await catalogueInForce(house.db, ctx.brand.id, ctx.now);
      return { version_id, effective_at: effective_at.toISOString(), csv: priceListOf(document) };
    },
  );

  app.post(
    '/staff/prices',
    {
      config: { access: 'staff', area: 'catalogue' },
      schema: {
        tags: ['staff'],
        /** Without a time: as soon as the terms let changed prices hold. */
        body: z.object({
          csv: z.string().min(1).max(200_000),
          effective_at: instant.optional(),
          running: running.default('keep'),
        }),
        response: {
          201: z.object({ version_id: id, effective_at: instant, changes: z.array(change) }),
        },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { csv, effective_at, running } = request.body;
        const effectiveAt = effective_at ? new Date(effective_at) : null;
        const made = await priceImport(tx, ctx, { csv, effectiveAt, running });
        return {
          status: 201,
          body: {
            version_id: made.versionId,
            effective_at: made.effectiveAt.toISOString(),
            changes: made.changes.map(shownChange),
          },
        };
      }),
  );
}

function shownChange({ from, to, ...rest }: PriceChange): z.infer<typeof change> {
  return { ...rest, from: formatYuan(parseYuan(from)), to: formatYuan(parseYuan(to)) };
}
