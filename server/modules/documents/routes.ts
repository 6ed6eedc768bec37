import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  amountOut,
  customerOf,
  id,
  instant,
  listOf,
  page,
  paged,
} from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { problem } from '#kernel/problem.ts';
import { monthSpan, pdfAnswer } from '#modules/invoicing/index.ts';
import { taxInvoiceAvailable } from './available.ts';
import { shownTaxInvoice, shownTitle, taxInvoiceList, taxInvoiceShown, titleShown } from './document-read.ts';
import { sendKept } from './file-reply.ts';
import { staffRoutes } from './routes-staff.ts';
import { application, newTitle } from './schemas.ts';
import { taxInvoiceApply } from './tax-invoice-apply.ts';
import { taxInvoiceCancel, taxInvoiceLock } from './tax-invoice-turn.ts';
import { titleAdd, titleList, titleRemove } from './title-add.ts';
import './driver.ts';

const one = z.object({ id });
const made = z.object({ id });
const config = { access: 'customer' as const, area: 'money' as const };
const tags = ['documents'];

export function routes(app: App, house: House): void {
  titles(app, house);
  taxInvoices(app, house);
  staffRoutes(app, house);
}

function titles(app: App, house: House): void {
  app.get(
    '/invoice-titles',
    { config, schema: { tags, response: { 200: z.object({ items: z.array(titleShown) }) } } },
    async ({ ctx }) => ({ items: (await titleList(house.db, customerOf(ctx).customerId)).map(shownTitle) }),
  );

  app.post(
    '/invoice-titles',
    { config, schema: { tags, body: newTitle, response: { 201: made } } },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { kind, name, tax_number, address, phone, bank, bank_account } = request.body;
        const title = {
          kind,
          name,
          taxNumber: tax_number ?? null,
          address: address ?? null,
          phone: phone ?? null,
          bank: bank ?? null,
          bankAccount: bank_account ?? null,
        };
        return { status: 201, body: { id: await titleAdd(tx, ctx, customerOf(ctx).customerId, title) } };
      }),
  );

  app.delete(
    '/invoice-titles/:id',
    { config, schema: { tags, params: one, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) =>
        titleRemove(tx, ctx, customerOf(ctx).customerId, request.params.id),
      );
      return reply.status(204).send(null);
    },
  );
}

function taxInvoices(app: App, house: House): void {
  app.get(
    '/tax-invoices/available',
    {
      config,
      schema: {
        tags,
        response: {
          200: z.object({
            total: amountOut,
            /** False: staff issue by hand, in working hours. */
            by_service: z.boolean(),
            /** What is issued here is a stand-in's and worth nothing. */
            sandbox: z.boolean(),
            invoices: z.array(
              z.object({ id, number: z.string(), issued_at: instant, paid: amountOut, available: amountOut }),
            ),
          }),
        },
      },
    },
    async ({ ctx }) => {
      const rows = await taxInvoiceAvailable(house.db, ctx, customerOf(ctx).customerId);
      const total = rows.reduce((sum, { amount }) => sum + amount, 0n);
      const { taxInvoices: service } = house.ports;
      return {
        total: formatYuan(total - (total % 10_000n)),
        by_service: service !== null,
        sandbox: service?.sandbox ?? false,
        invoices: rows
          .filter(({ amount }) => amount > 0n)
          .map(({ invoiceId, number, issuedAt, paid, amount }) => ({
            id: invoiceId,
            number,
            issued_at: issuedAt.toISOString(),
            paid: formatYuan(paid),
            available: formatYuan(amount),
          })),
      };
    },
  );

  app.get(
    '/tax-invoices',
    { config, schema: { tags, querystring: page, response: { 200: listOf(taxInvoiceShown) } } },
    async ({ ctx, query }) => {
      const filter = { customerId: customerOf(ctx).customerId, before: query.before };
      return paged(
        (await taxInvoiceList(house.db, ctx.brand.id, filter)).map(shownTaxInvoice),
        (row) => row.id,
      );
    },
  );

  app.post(
    '/tax-invoices',
    { config, schema: { tags, body: application, response: { 201: made } } },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { title_id, type, choice, amount } = request.body;
        const taxInvoice = await taxInvoiceApply(tx, ctx, {
          customerId: customerOf(ctx).customerId,
          titleId: title_id,
          type,
          choice: 'invoices' in choice ? { ids: choice.invoices } : spanOf(ctx, choice),
          amount: amount ? parseYuan(amount) : null,
          byService: house.ports.taxInvoices !== null,
        });
        return { status: 201, body: { id: taxInvoice } };
      }),
  );

  const own = async (ctx: Ctx, taxInvoiceId: string) => {
    const filter = { customerId: customerOf(ctx).customerId, id: taxInvoiceId };
    const [row] = await taxInvoiceList(house.db, ctx.brand.id, filter);
    if (!row) throw problem['not-found']();
    return row;
  };

  app.get(
    '/tax-invoices/:id',
    { config, schema: { tags, params: one, response: { 200: taxInvoiceShown } } },
    async ({ ctx, params }) => shownTaxInvoice(await own(ctx, params.id)),
  );

  app.post(
    '/tax-invoices/:id/cancel',
    { config, schema: { tags, params: one, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        const row = await taxInvoiceLock(tx, ctx, request.params.id, customerOf(ctx).customerId);
        await taxInvoiceCancel(tx, ctx, row, 'customer');
      });
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/tax-invoices/:id/files/:file',
    {
      config,
      schema: { tags, params: one.extend({ file: z.enum(['invoice', 'reversal']) }), response: pdfAnswer },
    },
    async ({ ctx, params }, reply) => sendKept(house, reply, await own(ctx, params.id), params.file),
  );
}

function spanOf(ctx: Ctx, { from, to }: { from: string; to: string }): { from: Date; to: Date } {
  const [first, last] = [monthSpan(from, ctx.brand.zone), monthSpan(to, ctx.brand.zone)];
  if (!first || !last) throw problem['invalid-input']();
  return { from: first.start, to: last.end };
}
