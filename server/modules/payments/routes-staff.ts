import type { Selectable } from 'kysely';
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
import { type ChannelWord, heldDecide } from './held-decide.ts';
import { CHANNELS, gatewayOf } from './payment-channel.ts';
import { type Held, heldList } from './payment-held.ts';
import { paymentList, paymentShown, paymentState, shownPayment } from './payment-read.ts';
import { problem } from './rules.ts';
import type { RefundTable } from './tables.ts';

const heldState = z.enum(['open', 'credited', 'returning', 'returned', 'booked', 'dismissed']);

const heldShown = z.object({
  id,
  channel: z.enum(CHANNELS),
  kind: z.enum(['differs', 'orphan', 'foreign-refund']),
  out_trade_no: z.string(),
  trade_no: z.string().nullable(),
  payment_id: id.nullable(),
  customer_id: id.nullable(),
  reason: z.string(),
  /** As the channel said it. */
  facts: z.record(z.string(), z.string().nullable()),
  /** What of it stands in the ledger as held. */
  booked: amountOut,
  refund: amountOut.nullable(),
  state: heldState,
  created_at: instant,
  decided_at: instant.nullable(),
  decision_reason: z.string().nullable(),
});

const refundState = z.enum(['requested', 'unknown', 'processing', 'done', 'failed']);

const refundShown = z.object({
  id,
  channel: z.enum(CHANNELS),
  payment_id: id.nullable(),
  held_id: id.nullable(),
  customer_id: id.nullable(),
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  amount: amountOut,
  reason: z.string(),
  state: refundState,
  detail: z.string().nullable(),
  asked: z.number(),
  created_at: instant,
  ended_at: instant.nullable(),
});

export function staff(app: App, house: House): void {
  app.get(
    '/staff/payments',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ state: paymentState.optional() }),
        response: { 200: listOf(paymentShown) },
      },
    },
    async (request) => {
      const rows = await paymentList(house.db, request.ctx.brand.id, request.query);
      return paged(
        rows.map((row) => ({ ...shownPayment(house, request.ctx, row), presentation: null })),
        (row) => row.id,
      );
    },
  );

  app.get(
    '/staff/held-payments',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ state: heldState.optional() }),
        response: { 200: listOf(heldShown) },
      },
    },
    async (request) => {
      const filter = { ...request.query, limit: PAGE_SIZE + 1 };
      const rows = await heldList(house.db, request.ctx.brand.id, filter);
      return paged(rows.map(shownHeld), (row) => row.id);
    },
  );

  app.post(
    '/staff/held-payments/:id/decision',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({
          act: z.enum(['credit', 'return', 'dismiss', 'book']),
          reason: line(3, 300),
          /** For money that names no payment of ours: whose it is. */
          customer_id: id.optional(),
          /** Where the channel doesn't tell how much is left, or how much went back. */
          amount: amountIn.optional(),
        }),
        response: { 200: heldShown },
      },
    },
    async (request, reply) => {
      const brand = request.ctx.brand.id;
      const held = await heldOne(house, brand, request.params.id);
      // Asked before the transaction: staff decide on what the channel says now, not on what it said once.
      const said = await channelWord(house, held);
      const { act: kind, reason, customer_id: customerId } = request.body;
      const amount = request.body.amount === undefined ? undefined : parseYuan(request.body.amount);
      const decision =
        kind === 'credit'
          ? { act: kind, customerId, amount }
          : kind === 'book'
            ? { act: kind, amount }
            : { act: kind };
      await actOnce(house, request, reply, async (tx, ctx) => {
        await heldDecide(tx, ctx, { id: held.id, decision, reason, said });
        return { status: 200, body: null };
      });
      return shownHeld(await heldOne(house, brand, held.id));
    },
  );

  app.get(
    '/staff/refunds',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ state: refundState.optional() }),
        response: { 200: listOf(refundShown) },
      },
    },
    async (request) => {
      const { state, before } = request.query;
      const rows = await house.db
        .selectFrom('payments_refund')
        .selectAll()
        .where('brand', '=', request.ctx.brand.id)
        .$if(state !== undefined, (q) => q.where('state', '=', state!))
        .$if(before !== undefined, (q) => q.where('id', '<', before!))
        .orderBy('id', 'desc')
        .limit(PAGE_SIZE + 1)
        .execute();
      return paged(rows.map(shownRefund), (row) => row.id);
    },
  );
}

async function channelWord(house: House, held: Held): Promise<ChannelWord> {
  const gateway = gatewayOf(house.ports, held.channel);
  const trade = await gateway.query(held.out_trade_no);
  const number = held.kind === 'foreign-refund' ? held.number.split('/')[1] : undefined;
  const refund = number ? (await gateway.queryRefund(held.out_trade_no, number)).state : null;
  if (trade.state === 'unknown' || refund === 'unknown') throw problem['channel-unavailable']();
  return { trade, refund };
}

async function heldOne(house: House, brand: string, heldId: string): Promise<Held> {
  const held = await house.db
    .selectFrom('payments_held')
    .selectAll()
    .where('id', '=', heldId)
    .where('brand', '=', brand)
    .executeTakeFirst();
  if (!held) throw kernelProblem['not-found']();
  return held;
}

function shownHeld(held: Held): z.infer<typeof heldShown> {
  const { id, channel, kind, out_trade_no, trade_no, payment_id, customer_id, reason, state } = held;
  return {
    ...{ id, channel, kind, out_trade_no, trade_no, payment_id, customer_id, reason, state },
    facts: held.facts as Record<string, string | null>,
    booked: formatYuan(held.booked_micro),
    refund: held.refund_micro === null ? null : formatYuan(held.refund_micro),
    created_at: held.created_at.toISOString(),
    decided_at: held.decided_at?.toISOString() ?? null,
    decision_reason: held.decision_reason,
  };
}

function shownRefund(refund: Selectable<RefundTable>): z.infer<typeof refundShown> {
  const { id, channel, payment_id, held_id, customer_id, out_trade_no, out_refund_no } = refund;
  const { reason, state, detail, asked } = refund;
  return {
    ...{ id, channel, payment_id, held_id, customer_id, out_trade_no, out_refund_no },
    ...{ reason, state, detail, asked },
    amount: formatYuan(refund.amount_micro),
    created_at: refund.created_at.toISOString(),
    ended_at: refund.ended_at?.toISOString() ?? null,
  };
}
