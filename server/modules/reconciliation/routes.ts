import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, amountOut, id, instant, line, listOf, PAGE_SIZE, page, paged } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { pick } from '#kernel/text.ts';
import { channelSays, paymentAskSoon, refundAskSoon } from '#modules/payments/index.ts';
import { type Day, dayList, type FindingRow, findingOne, findingsOf } from './day-read.ts';
import { findingExplain } from './finding-explain.ts';
import { dayLook } from './look.ts';
import { FINDING_TEXT } from './rules.ts';

const channel = z.enum(['alipay', 'wechatpay']);

const dayShown = z.object({
  id,
  channel,
  day: z.iso.date(),
  state: z.enum(['waiting', 'compared']),
  /** Why a bill is waited for. */
  last_error: z.string().nullable(),
  compared_at: instant.nullable(),
  /** Lines of the bill that are ours, and how many of them agree. */
  trades: z.number(),
  matched: z.number(),
  paid: amountOut,
  refunded: amountOut,
  fee: amountOut,
  /** Findings that wait for staff. */
  open: z.number(),
});

const findingShown = z.object({
  id,
  kind: z.string(),
  title: z.string(),
  /** What to do about it. */
  remedy: z.string(),
  number: z.string(),
  payment_id: id.nullable(),
  refund_id: id.nullable(),
  ours: amountOut.nullable(),
  theirs: amountOut.nullable(),
  detail: z.string().nullable(),
  state: z.enum(['open', 'resolved', 'explained']),
  found_at: instant,
  ended_at: instant.nullable(),
  explanation: z.string().nullable(),
});

export function routes(app: App, house: House): void {
  app.get(
    '/staff/reconciliations',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ channel: channel.optional() }),
        response: { 200: listOf(dayShown) },
      },
    },
    async (request) => {
      const filter = { ...request.query, limit: PAGE_SIZE + 1 };
      const rows = await dayList(house.db, request.ctx.brand.id, filter);
      return paged(rows.map(shownDay), (row) => row.id);
    },
  );

  app.get(
    '/staff/reconciliations/:id',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        response: { 200: dayShown.extend({ findings: z.array(findingShown) }) },
      },
    },
    async (request) => {
      const day = await dayOne(house, request.ctx.brand.id, request.params.id);
      const findings = await findingsOf(house.db, day.id);
      return { ...shownDay(day), findings: findings.map((row) => shownFinding(request.ctx, row)) };
    },
  );

  app.post(
    '/staff/reconciliations/:id/run',
    {
      config: { access: 'staff', area: 'money' },
      schema: { tags: ['staff'], params: z.object({ id }), response: { 202: z.null() } },
    },
    async (request, reply) => {
      const day = await dayOne(house, request.ctx.brand.id, request.params.id);
      await act(house, request, (tx) => dayLook(tx, day.id));
      return reply.status(202).send(null);
    },
  );

  findings(app, house);
}

function findings(app: App, house: House): void {
  app.post(
    '/staff/reconciliation-findings/:id/ask',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        /** What the channel says now; null where the finding names nothing of ours to ask about. */
        response: { 200: z.object({ state: z.string().nullable(), amount: amountOut.nullable() }) },
      },
    },
    async (request) => {
      const finding = await findingOne(house.db, request.ctx.brand.id, request.params.id);
      if (!finding) throw kernelProblem['not-found']();
      const { subject_id: subject, day_id } = finding;
      if (!subject) {
        await act(house, request, (tx) => dayLook(tx, day_id));
        return { state: null, amount: null };
      }
      const refund = finding.kind.startsWith('refund-');
      const says = await channelSays(
        house.db,
        house.ports,
        refund ? { refund: subject } : { payment: subject },
      );
      await act(house, request, async (tx) => {
        await (refund ? refundAskSoon(tx, subject) : paymentAskSoon(tx, subject));
        await dayLook(tx, day_id);
      });
      return { state: says.state, amount: says.amount === null ? null : formatYuan(says.amount) };
    },
  );

  app.post(
    '/staff/reconciliation-findings/:id/explain',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ reason: line(3, 300) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { reason } = request.body;
      await act(house, request, (tx, ctx) => findingExplain(tx, ctx, { id: request.params.id, reason }));
      return reply.status(204).send(null);
    },
  );
}

async function dayOne(house: House, brand: string, dayId: string): Promise<Day> {
  const [day] = await dayList(house.db, brand, { id: dayId, limit: 1 });
  if (!day) throw kernelProblem['not-found']();
  return day;
}

function shownDay(row: Day): z.infer<typeof dayShown> {
  const { id, channel, day, state, last_error, trades, matched, open } = row;
  return {
    ...{ id, channel, day, state, last_error, trades, matched, open },
    compared_at: row.compared_at?.toISOString() ?? null,
    paid: formatYuan(row.paid_micro),
    refunded: formatYuan(row.refunded_micro),
    fee: formatYuan(row.fee_micro),
  };
}

function shownFinding(ctx: Ctx, row: FindingRow): z.infer<typeof findingShown> {
  const { id, kind, number, detail, state, explanation } = row;
  const { title, remedy } = FINDING_TEXT[kind];
  const refund = kind.startsWith('refund-');
  return {
    ...{ id, kind, number, detail, state, explanation },
    title: pick(title, ctx.locale),
    remedy: pick(remedy, ctx.locale),
    payment_id: refund ? null : row.subject_id,
    refund_id: refund ? row.subject_id : null,
    ours: row.ours_micro === null ? null : formatYuan(row.ours_micro),
    theirs: row.theirs_micro === null ? null : formatYuan(row.theirs_micro),
    found_at: row.found_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}
