import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, instant, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { naturalDay } from '#kernel/time.ts';
import { REPORTS, type ReportName, type ReportTable, reportTable } from './report.ts';
import { reportCsv, reportXlsx } from './report-file.ts';
import { problem } from './rules.ts';

/** Rows that a page shows, and that a file holds. */
const SHOWN = 500;
const EXPORTED = 200_000;

const range = z.object({
  /** Balances as they were then; now when it isn't given. */
  at: instant.optional(),
  /** Of revenue: from this instant on, and before `to`. */
  from: instant.optional(),
  to: instant.optional(),
});
const report = z.enum(Object.keys(REPORTS) as [ReportName, ...ReportName[]]);

const shown = z.object({
  title: localized,
  columns: z.array(z.object({ key: z.string(), text: localized, holds: z.enum(['text', 'amount']) })),
  rows: z.array(z.record(z.string(), z.string())),
  /** Not all rows are here; the files have them. */
  more: z.boolean(),
});

/** The file itself, as CSV or as a workbook: it is sent as it is. */
const file: z.ZodType<string | Buffer> = z.string();

export function routes(app: App, house: House): void {
  const read = (ctx: { brand: House['brands']['all'][number]; now: Date }, query: Query, limit: number) =>
    reportTable(house.db, ctx.brand, query.report, rangeOf(query, ctx.now), limit);

  app.get(
    '/staff/reports',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: range.extend({ report: report.default('revenue') }),
        response: { 200: shown },
      },
    },
    async ({ ctx, query }) => {
      const table = await read(ctx, query, SHOWN);
      return { ...table, rows: table.rows.map(texts) };
    },
  );

  app.get(
    '/staff/reports/file',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: range.extend({
          report: report.default('revenue'),
          format: z.enum(['csv', 'xlsx']).default('csv'),
        }),
        response: { 200: file },
      },
    },
    async ({ ctx, query }, reply) => {
      const table = await read(ctx, query, EXPORTED);
      if (table.more) throw problem['report-too-long']({ rows: EXPORTED });
      const name = `${query.report}-${naturalDay(rangeOf(query, ctx.now).at, ctx.brand.zone)}.${query.format}`;
      void reply.header('content-disposition', `attachment; filename="${name}"`);
      if (query.format === 'csv')
        return reply.type('text/csv; charset=utf-8').send(reportCsv(table, ctx.locale));
      return reply
        .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
        .send(await reportXlsx(table, ctx.locale));
    },
  );
}

type Query = z.infer<typeof range> & { report: ReportName };

function rangeOf(query: Query, now: Date) {
  const date = (text: string | undefined, otherwise: Date) => (text ? new Date(text) : otherwise);
  return { at: date(query.at, now), from: date(query.from, new Date(0)), to: date(query.to, now) };
}

function texts(row: ReportTable['rows'][number]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === 'bigint' ? formatYuan(value) : value]),
  );
}
