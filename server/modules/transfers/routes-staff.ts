import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  actOnce,
  amountIn,
  amountOut,
  id,
  instant,
  line,
  listOf,
  PAGE_SIZE,
  page,
  paged,
} from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { transferList } from '#modules/payments/index.ts';
import { receiptAssign, receiptReturn } from './receipt-decide.ts';
import { slipAnswer, slipSend, slipShown } from './slip-show.ts';
import { statementImport } from './statement-import.ts';
import { transferApprove, transferRefuse } from './transfer-match.ts';
import { type Receipt, receiptList, type Suggestion, slipsOf, suggestions } from './transfer-read.ts';

const STATEMENT_BYTES = 2 * 1024 * 1024;

const bankReference = z.string().regex(/^[\w./-]{1,64}$/);
const reason = line(3, 300);

const transferShown = z.object({
  id,
  customer_id: id,
  reference: z.string(),
  amount: amountOut,
  paid_amount: amountOut.nullable(),
  bank_reference: z.string().nullable(),
  state: z.enum(['pending', 'paid', 'closed', 'held', 'returned']),
  closed_reason: z.string().nullable(),
  created_at: instant,
  expires_at: instant,
  slips: z.array(slipShown),
});

/** What a receipt and a transfer have in common. */
const suggestion = z.object({
  payment_id: id,
  same_reference: z.boolean(),
  same_amount: z.boolean(),
  same_payer: z.boolean(),
});

const receiptShown = z.object({
  id,
  bank_reference: z.string(),
  amount: amountOut,
  received_on: z.iso.date(),
  payer_name: z.string(),
  memo: z.string(),
  state: z.enum(['held', 'credited', 'returned']),
  payment_id: id.nullable(),
  /** A statement showed it; otherwise only staff have said it. */
  on_statement: z.boolean(),
  decision_reason: z.string().nullable(),
  suggestions: z.array(suggestion),
});

const imported = z.object({ id, rows: z.number(), known: z.number(), held: amountOut });

export function staff(app: App, house: House): void {
  app.get(
    '/staff/bank-transfers',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ state: z.enum(['pending', 'paid', 'closed']).optional() }),
        response: { 200: listOf(transferShown) },
      },
    },
    async (request) => {
      const filter = { ...request.query, limit: PAGE_SIZE + 1 };
      const rows = await transferList(house.db, request.ctx.brand.id, filter);
      const slips = await slipsOf(
        house.db,
        rows.map((row) => row.id),
      );
      const shown = rows.map((row) => ({
        ...{ id: row.id, customer_id: row.customer_id, reference: row.out_trade_no, state: row.state },
        ...{ bank_reference: row.trade_no, closed_reason: row.closed_reason },
        amount: formatYuan(row.amount_micro),
        paid_amount: row.paid_micro === null ? null : formatYuan(row.paid_micro),
        created_at: row.created_at.toISOString(),
        expires_at: row.expires_at.toISOString(),
        slips: (slips.get(row.id) ?? []).map((slip) => ({
          ...slip,
          created_at: slip.created_at.toISOString(),
        })),
      }));
      return paged(shown, (row) => row.id);
    },
  );

  app.get(
    '/staff/bank-transfers/:id/slips/:slip_id',
    {
      config: { access: 'staff', area: 'money' },
      schema: { tags: ['staff'], params: z.object({ id, slip_id: id }), response: slipAnswer },
    },
    async (request, reply) => {
      const { id: paymentId, slip_id: slipId } = request.params;
      const [payment] = await transferList(house.db, request.ctx.brand.id, { ids: [paymentId], limit: 1 });
      if (!payment) throw kernelProblem['not-found']();
      return slipSend(house, reply, paymentId, slipId);
    },
  );

  app.post(
    '/staff/bank-transfers/:id/approve',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        /** `amount`: what the bank received, which is what is credited. */
        body: z.object({ bank_reference: bankReference, amount: amountIn, received_on: z.iso.date() }),
        response: { 204: z.null() },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { bank_reference, amount, received_on: receivedOn } = request.body;
        const { id: paymentId } = request.params;
        const input = { paymentId, bankReference: bank_reference, amount: parseYuan(amount), receivedOn };
        await transferApprove(tx, ctx, input);
        return { status: 204, body: null };
      }),
  );

  app.post(
    '/staff/bank-transfers/:id/refuse',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ reason }),
        response: { 204: z.null() },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        await transferRefuse(tx, ctx, { paymentId: request.params.id, reason: request.body.reason });
        return { status: 204, body: null };
      }),
  );

  receipts(app, house);
}

function receipts(app: App, house: House): void {
  app.post(
    '/staff/bank-statements',
    {
      config: { access: 'staff', area: 'money', files: null },
      bodyLimit: STATEMENT_BYTES,
      schema: {
        tags: ['staff'],
        /** CSV in UTF-8 with a header line: date, amount, payer, memo, bank_reference (or the bank's Chinese names). */
        body: z.object({ csv: z.string().min(1) }),
        response: { 201: imported },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { held, ...made } = await statementImport(tx, ctx, request.body.csv);
        return { status: 201, body: { ...made, held: formatYuan(held) } };
      }),
  );

  app.get(
    '/staff/bank-receipts',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ state: z.enum(['held', 'credited', 'returned']).optional() }),
        response: { 200: listOf(receiptShown) },
      },
    },
    async (request) => {
      const brand = request.ctx.brand.id;
      const rows = await receiptList(house.db, brand, { ...request.query, limit: PAGE_SIZE + 1 });
      const likely = Map.groupBy(await suggestions(house.db, brand, rows), (one) => one.receiptId);
      return paged(
        rows.map((row) => shownReceipt(row, likely.get(row.id) ?? [])),
        (row) => row.id,
      );
    },
  );

  app.post(
    '/staff/bank-receipts/:id/assign',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        /** To an announced transfer, or to a customer who announced none. */
        body: z.union([
          z.strictObject({ payment_id: id, reason }),
          z.strictObject({ customer_id: id, reason }),
        ]),
        response: { 200: z.object({ payment_id: id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { body } = request;
        const to = 'payment_id' in body ? { paymentId: body.payment_id } : { customerId: body.customer_id };
        const input = { id: request.params.id, to, reason: body.reason };
        return { status: 200, body: { payment_id: await receiptAssign(tx, ctx, input) } };
      }),
  );

  app.post(
    '/staff/bank-receipts/:id/return',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        /** Of the transfer by which it went back, made at the bank. */
        body: z.object({ reason, bank_reference: bankReference }),
        response: { 204: z.null() },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { reason, bank_reference } = request.body;
        await receiptReturn(tx, ctx, { id: request.params.id, reason, bankReference: bank_reference });
        return { status: 204, body: null };
      }),
  );
}

function shownReceipt(row: Receipt, likely: Suggestion[]): z.infer<typeof receiptShown> {
  const { id, bank_reference, received_on, payer_name, memo, state, payment_id, decision_reason } = row;
  return {
    ...{ id, bank_reference, received_on, payer_name, memo, state, payment_id, decision_reason },
    amount: formatYuan(row.amount_micro),
    on_statement: row.statement_id !== null,
    suggestions: likely.map(({ paymentId: payment_id, reference, amount, payer }) => ({
      payment_id,
      same_reference: reference,
      same_amount: amount,
      same_payer: payer,
    })),
  };
}
