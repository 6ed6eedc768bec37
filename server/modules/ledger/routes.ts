import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  amountOut,
  customerOf,
  instant,
  listOf,
  PAGE_SIZE,
  paged,
  staffOf,
} from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { ownEntries } from './proof.ts';
import { rootPublish } from './root-publish.ts';
import { dayList, type SealedDay } from './root-read.ts';
import { routes as reportRoutes } from './routes-reports.ts';
import { balancesAt, trialBalance } from './trial-balance.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const naturalDay = z.iso.date();

const publishedRoot = z.object({
  brand: z.string(),
  day: naturalDay,
  ends_at: instant,
  entries: z.int(),
  merkle_root: hash,
  previous: hash,
  root: hash,
  published_at: instant.nullable(),
});

const provenEntry = z.object({
  id: z.string(),
  index: z.int(),
  fields: z.array(z.string()),
  path: z.array(hash),
});

const closedDay = z.object({
  day: naturalDay,
  ends_at: instant,
  closed_at: instant,
  sealed_at: instant.nullable(),
  entries: z.int().nullable(),
  root: hash.nullable(),
  published_at: instant.nullable(),
});

function shownRoot(day: SealedDay) {
  return {
    brand: day.brand,
    day: day.day,
    ends_at: day.endsAt.toISOString(),
    entries: Number(day.entries),
    merkle_root: day.merkleRoot!.toString('hex'),
    previous: day.previous!.toString('hex'),
    root: day.root!.toString('hex'),
    published_at: day.publishedAt?.toISOString() ?? null,
  };
}

export function routes(app: App, house: House): void {
  app.get(
    '/ledger/roots',
    {
      config: { access: 'public' },
      schema: {
        tags: ['ledger'],
        querystring: z.object({ before: naturalDay.optional() }),
        response: { 200: listOf(publishedRoot) },
      },
    },
    async ({ ctx, query }) => {
      const days = await dayList(house.db, ctx.brand.id, { published: true, before: query.before });
      return paged(days.map(shownRoot), ({ day }) => day);
    },
  );

  app.get(
    '/ledger/proof',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['ledger'],
        querystring: z.object({
          /** The newest that is sealed when it isn't given. */
          day: naturalDay.optional(),
          after: z
            .string()
            .regex(/^\d{1,18}$/)
            .optional(),
        }),
        response: {
          200: z.object({
            root: publishedRoot,
            entries: z.array(provenEntry),
            next: z.string().nullable(),
          }),
        },
      },
    },
    async ({ ctx, query }) => {
      const { customerId } = customerOf(ctx);
      const days = await dayList(house.db, ctx.brand.id, { published: false, day: query.day });
      const day = days.find(({ root }) => root !== null);
      if (!day) throw kernelProblem['not-found']();
      const rows = await ownEntries(house.db, { day, customerId, after: query.after });
      const { items, next } = paged(
        rows.map(({ id, index, fields, path }) => ({
          id: String(id),
          index,
          fields,
          path: path.map((step) => Buffer.from(step).toString('hex')),
        })),
        ({ id }) => id,
      );
      return { root: shownRoot(day), entries: items, next };
    },
  );

  staff(app, house);
  reportRoutes(app, house);
}

function staff(app: App, house: House): void {
  app.get(
    '/staff/ledger/days',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: z.object({ before: naturalDay.optional() }),
        response: { 200: listOf(closedDay) },
      },
    },
    async ({ ctx, query }) => {
      const days = await dayList(house.db, ctx.brand.id, { published: false, before: query.before });
      return paged(
        days.map((day) => ({
          day: day.day,
          ends_at: day.endsAt.toISOString(),
          closed_at: day.closedAt.toISOString(),
          sealed_at: day.sealedAt?.toISOString() ?? null,
          entries: day.entries === null ? null : Number(day.entries),
          root: day.root?.toString('hex') ?? null,
          published_at: day.publishedAt?.toISOString() ?? null,
        })),
        ({ day }) => day,
      );
    },
  );

  app.post(
    '/staff/ledger/publications',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        body: z.strictObject({ through: naturalDay }),
        response: { 200: z.object({ days: z.array(naturalDay) }) },
      },
    },
    async (request) => {
      const { staffId } = staffOf(request.ctx);
      const { through } = request.body;
      const days = await act(house, request, (tx, ctx) => rootPublish(tx, ctx, { through, staffId }));
      return { days };
    },
  );

  app.get(
    '/staff/ledger/trial-balance',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: z.object({ at: instant.optional() }),
        response: {
          200: z.object({
            at: instant,
            items: z.array(
              z.object({
                kind: z.string(),
                owner: z.string().nullable(),
                accounts: z.int(),
                debit: amountOut,
                credit: amountOut,
              }),
            ),
            debit: amountOut,
            credit: amountOut,
          }),
        },
      },
    },
    async ({ ctx, query }) => {
      const at = query.at ? new Date(query.at) : ctx.now;
      const lines = await trialBalance(house.db, ctx.brand.id, at);
      const sum = (side: 'debit' | 'credit') =>
        formatYuan(lines.reduce((total, line) => total + line[side], 0n));
      return {
        at: at.toISOString(),
        items: lines.map((line) => ({
          ...line,
          debit: formatYuan(line.debit),
          credit: formatYuan(line.credit),
        })),
        debit: sum('debit'),
        credit: sum('credit'),
      };
    },
  );

  app.get(
    '/staff/ledger/balances',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: z.object({ customer: z.uuid(), at: instant.optional() }),
        response: {
          200: z.object({
            at: instant,
            items: z.array(z.object({ kind: z.string(), owner: z.string(), balance: amountOut })),
          }),
        },
      },
    },
    async ({ ctx, query }) => {
      const at = query.at ? new Date(query.at) : ctx.now;
      const rows = await balancesAt(house.db, ctx.brand.id, query.customer, at);
      return {
        at: at.toISOString(),
        items: rows.slice(0, PAGE_SIZE).map((row) => ({ ...row, balance: formatYuan(row.balance) })),
      };
    },
  );
}
