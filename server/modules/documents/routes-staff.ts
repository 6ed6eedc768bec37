import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, id, listOf, page, paged } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';
import { pdfAnswer } from '#modules/invoicing/index.ts';
import { shownTaxInvoice, taxInvoiceList, taxInvoiceShown } from './document-read.ts';
import { sendKept } from './file-reply.ts';
import { FILE_BODY, issuedByHand, reversedByHand, why } from './schemas.ts';
import {
  BY_HAND,
  type TaxInvoiceRow,
  taxInvoiceIssued,
  taxInvoiceLock,
  taxInvoiceRefuse,
  taxInvoiceReverse,
  taxInvoiceReversed,
} from './tax-invoice-turn.ts';

const one = z.object({ id });
const config = { access: 'staff' as const, area: 'money' as const };
const tags = ['staff'];
const nothing = { 204: z.null() };

/** Staff see all papers of the brand, and issue by hand what no service issues. */
export function staffRoutes(app: App, house: House): void {
  taxInvoices(app, house);
  turns(app, house);
}

function taxInvoices(app: App, house: House): void {
  app.get(
    '/staff/tax-invoices',
    {
      config,
      schema: {
        tags,
        querystring: page.extend({ state: taxInvoiceShown.shape.state.optional() }),
        response: { 200: listOf(taxInvoiceShown) },
      },
    },
    async ({ ctx, query }) =>
      paged((await taxInvoiceList(house.db, ctx.brand.id, query)).map(shownTaxInvoice), (row) => row.id),
  );

  app.get(
    '/staff/tax-invoices/:id/files/:file',
    {
      config,
      schema: { tags, params: one.extend({ file: z.enum(['invoice', 'reversal']) }), response: pdfAnswer },
    },
    async ({ ctx, params }, reply) => {
      const [row] = await taxInvoiceList(house.db, ctx.brand.id, { id: params.id });
      if (!row) throw problem['not-found']();
      return sendKept(house, reply, row, params.file);
    },
  );
}

/** Entering what was done elsewhere. What a service is at work on is its own to end. */
function turns(app: App, house: House): void {
  const turn = <Body extends z.ZodType>(
    name: string,
    body: Body,
    work: (tx: Tx, ctx: Ctx, row: TaxInvoiceRow, body: z.infer<Body>) => Promise<void>,
  ) =>
    app.post(
      `/staff/tax-invoices/:id/${name}`,
      {
        config: { ...config, files: 'file' },
        bodyLimit: FILE_BODY,
        schema: { tags, params: one, body, response: nothing },
      },
      async (request, reply) => {
        await act(house, request, async (tx, ctx) =>
          work(tx, ctx, await taxInvoiceLock(tx, ctx, request.params.id), request.body as z.infer<Body>),
        );
        return reply.status(204).send(null);
      },
    );
  const byHand = (row: TaxInvoiceRow): TaxInvoiceRow =>
    // What a service has in hand moves only by what the service says.
    row.issuer === null || row.issuer === BY_HAND ? row : { ...row, state: 'cancelled' };

  turn('issued', issuedByHand, (tx, ctx, row, { number, file }) =>
    taxInvoiceIssued(tx, ctx, byHand(row), { issuer: BY_HAND, number, at: ctx.now, file }),
  );
  turn('refused', why, (tx, ctx, row, { reason }) => taxInvoiceRefuse(tx, ctx, byHand(row), reason));
  turn('reverse', why, (tx, ctx, row, { reason }) => taxInvoiceReverse(tx, ctx, row, reason));
  turn('reversed', reversedByHand, (tx, ctx, row, { number, file }) =>
    taxInvoiceReversed(tx, ctx, byHand(row), { number, at: ctx.now, file: file ?? null }),
  );
}
