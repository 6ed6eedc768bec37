import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { House } from '#kernel/house.ts';
import {
  type App,
  amountOut,
  customerOf,
  id,
  instant,
  listOf,
  localized,
  page,
  paged,
} from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { printPaper } from '#kernel/paper.ts';
import { pdfAnswer, sendPdf } from '#kernel/pdf-reply.ts';
import { problem } from '#kernel/problem.ts';
import { customerFind } from '#modules/identity/index.ts';
import { creditNotePaper, invoicePaper } from './invoice-paper.ts';
import {
  creditNoteList,
  creditNoteShown,
  invoiceList,
  invoiceShown,
  lineCharges,
  shownCreditNote,
  shownInvoice,
} from './invoice-read.ts';
import { monthSpan } from './rules.ts';
import { sellerFacts, sellerRead } from './seller.ts';
import { statementPaper } from './statement-paper.ts';
import {
  STATEMENT_LINES,
  STATEMENT_PRINTED,
  shownStatement,
  statementRead,
  statementShown,
} from './statement-read.ts';

const one = z.object({ id });
const ofMonth = z.object({ month: z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/) });
const chargeShown = z.object({
  id,
  text: localized,
  amount: amountOut,
  tax: amountOut,
  period_start: instant,
  period_end: instant,
  explain: z.object({ kind: z.string(), id: z.string() }),
});

/** Whose papers a route shows: the caller's own, or, for staff, anybody's of the brand. */
type Scope = (ctx: Ctx) => { customerId?: string };
const own: Scope = (ctx) => ({ customerId: customerOf(ctx).customerId });
const all: Scope = () => ({});

export function routes(app: App, house: House): void {
  papers(app, house, { prefix: '', access: 'customer', tags: ['invoicing'], scope: own });
  papers(app, house, { prefix: '/staff', access: 'staff', tags: ['staff'], scope: all });
  statements(app, house);
}

interface Side {
  prefix: '' | '/staff';
  access: 'customer' | 'staff';
  tags: string[];
  scope: Scope;
}

function papers(app: App, house: House, { prefix, access, tags, scope }: Side): void {
  const config = { access, area: 'money' as const };
  const invoice = async (ctx: Ctx, invoiceId: string) => {
    const [row] = await invoiceList(house.db, ctx.brand.id, { ...scope(ctx), id: invoiceId });
    if (!row) throw problem['not-found']();
    return row;
  };

  app.get(
    `${prefix}/invoices`,
    { config, schema: { tags, querystring: page, response: { 200: listOf(invoiceShown) } } },
    async ({ ctx, query }) => {
      const rows = await invoiceList(house.db, ctx.brand.id, { ...scope(ctx), before: query.before });
      return paged(rows.map(shownInvoice), (row) => row.id);
    },
  );

  app.get(
    `${prefix}/invoices/:id`,
    { config, schema: { tags, params: one, response: { 200: invoiceShown } } },
    async ({ ctx, params }) => shownInvoice(await invoice(ctx, params.id)),
  );

  app.get(
    `${prefix}/invoices/:id/pdf`,
    { config, schema: { tags, params: one, response: pdfAnswer } },
    async ({ ctx, params }, reply) => {
      const row = await invoice(ctx, params.id);
      const seller = await sellerRead(house.db, row.seller);
      return sendPdf(reply, row.number, await printPaper(invoicePaper(row, seller, ctx.locale)));
    },
  );

  app.get(
    `${prefix}/invoices/:id/lines/:line/charges`,
    {
      config,
      schema: {
        tags,
        params: one.extend({ line: z.coerce.number().int().min(0).max(100_000) }),
        querystring: page,
        response: { 200: listOf(chargeShown) },
      },
    },
    async ({ ctx, params, query }) => {
      const { id: invoiceId } = await invoice(ctx, params.id);
      const rows = await lineCharges(house.db, invoiceId, params.line, query.before);
      const shown = rows.map(({ amount_micro, tax_micro, period_start, period_end, ...row }) => ({
        ...row,
        amount: formatYuan(amount_micro),
        tax: formatYuan(tax_micro),
        period_start: period_start.toISOString(),
        period_end: period_end.toISOString(),
      }));
      return paged(shown, (row) => row.id);
    },
  );

  app.get(
    `${prefix}/credit-notes`,
    { config, schema: { tags, querystring: page, response: { 200: listOf(creditNoteShown) } } },
    async ({ ctx, query }) => {
      const rows = await creditNoteList(house.db, ctx.brand.id, { ...scope(ctx), before: query.before });
      return paged(rows.map(shownCreditNote), (row) => row.id);
    },
  );

  app.get(
    `${prefix}/credit-notes/:id/pdf`,
    { config, schema: { tags, params: one, response: pdfAnswer } },
    async ({ ctx, params }, reply) => {
      const [row] = await creditNoteList(house.db, ctx.brand.id, { ...scope(ctx), id: params.id });
      if (!row) throw problem['not-found']();
      const seller = await sellerRead(house.db, row.seller);
      return sendPdf(reply, row.number, await printPaper(creditNotePaper(row, seller, ctx.locale)));
    },
  );
}

const nth = z.coerce.number().int().min(1).max(10_000).default(1);

function statements(app: App, house: House): void {
  const read = (ctx: Ctx, customerId: string, month: string, page: { page: number; size: number }) => {
    const span = monthSpan(month, ctx.brand.zone);
    // A month that hasn't begun has no statement.
    if (!span || span.start > ctx.now) throw problem['not-found']();
    return statementRead(house.db, ctx, customerId, { month, ...span }, page);
  };
  const print = async (ctx: Ctx, reply: FastifyReply, customerId: string, month: string, part: number) => {
    const statement = await read(ctx, customerId, month, { page: part, size: STATEMENT_PRINTED });
    const seller = sellerFacts(ctx.brand);
    const paper = statementPaper(statement, customerId, seller, ctx.locale, ctx.now);
    const name = statement.pages > 1 ? `statement-${month}-${part}` : `statement-${month}`;
    return sendPdf(reply, name, await printPaper(paper));
  };

  app.get(
    '/statements/:month',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['invoicing'],
        params: ofMonth,
        querystring: z.object({ page: nth }),
        response: { 200: statementShown },
      },
    },
    async ({ ctx, params, query }) =>
      shownStatement(
        await read(ctx, customerOf(ctx).customerId, params.month, {
          page: query.page,
          size: STATEMENT_LINES,
        }),
      ),
  );

  app.get(
    '/statements/:month/pdf',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['invoicing'],
        params: ofMonth,
        querystring: z.object({ part: nth }),
        response: pdfAnswer,
      },
    },
    ({ ctx, params, query }, reply) =>
      print(ctx, reply, customerOf(ctx).customerId, params.month, query.part),
  );

  app.get(
    '/staff/customers/:id/statements/:month/pdf',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: one.extend(ofMonth.shape),
        querystring: z.object({ part: nth }),
        response: pdfAnswer,
      },
    },
    async ({ ctx, params, query }, reply) => {
      const customer = await customerFind(house.db, ctx.brand.id, params.id);
      if (!customer) throw problem['not-found']();
      return print(ctx, reply, customer.id, params.month, query.part);
    },
  );
}
