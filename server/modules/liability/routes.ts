import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  amountIn,
  amountOut,
  customerOf,
  id,
  instant,
  line,
  listOf,
  localized,
  page,
  paged,
  paragraphs,
  rule,
} from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { clauseShown } from '#modules/terms/index.ts';
import { type About, type Cap, claimCap } from './cap.ts';
import { claimDecide, REFUSALS } from './claim-decide.ts';
import { claimOpen } from './claim-open.ts';
import { type Claim, claimList } from './claim-row.ts';

const feeLine = z.object({
  id: z.string(),
  name: z.string(),
  text: localized,
  at: instant,
  paid: amountOut,
  /** Of the ledger. */
  transaction_id: z.string().nullable(),
});

const claimShown = z.object({
  id,
  customer_id: z.string(),
  service_id: z.string().nullable(),
  product: z.string().nullable(),
  order_id: z.string().nullable(),
  by_staff: z.boolean(),
  amount: amountOut,
  grounds: z.string(),
  at: instant,
  clause_id: z.string(),
  cap: amountOut,
  granted_before: amountOut,
  lines: z.array(feeLine),
  state: z.enum(['open', 'approving', 'granted', 'refused']),
  granted: amountOut.nullable(),
  decided_at: instant.nullable(),
  decision_reason: z.string().nullable(),
  refusal_clause: z.string().nullable(),
});

const subject = { service: id.optional(), order: id.optional(), product: line(1, 40).optional() };
/** A service or a metered product, not both. */
const isOne = rule<{ service?: string | undefined; product?: string | undefined }>(
  ({ service, product }) => (service === undefined) !== (product === undefined),
  { zh: '请指明一项服务或一个计量产品', en: 'Name a service or a metered product' },
);
const about = z.object(subject).refine(...isOne);
const wanted = z.object({ ...subject, amount: amountIn, grounds: paragraphs(1, 4_000) }).refine(...isOne);
const capShown = z.object({
  about: z.string(),
  basis: z.string(),
  clause: z.object({ id: z.string(), version: z.string(), title: localized }),
  cap: amountOut,
  granted_before: amountOut,
  left: amountOut,
  lines: z.array(feeLine),
});

/** What is asked about, once it is one thing. */
function aboutOf(customerId: string, asked: z.infer<typeof about>): About {
  return asked.service === undefined
    ? { customerId, serviceId: null, product: asked.product ?? '', orderId: null }
    : { customerId, serviceId: asked.service, product: null, orderId: asked.order ?? null };
}

export function routes(app: App, house: House): void {
  app.get(
    '/claims',
    {
      config: { access: 'customer', area: 'support' },
      schema: { tags: ['claims'], querystring: page, response: { 200: listOf(claimShown) } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const filter = { customerId, before: request.query.before };
      return paged((await claimList(house.db, request.ctx.brand.id, filter)).map(shown), (row) => row.id);
    },
  );

  app.get(
    '/claims/cap',
    {
      config: { access: 'customer', area: 'support' },
      schema: { tags: ['claims'], querystring: about, response: { 200: capShown } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      return shownCap(await claimCap(house.db, request.ctx, aboutOf(customerId, request.query)));
    },
  );

  app.post(
    '/claims',
    {
      config: { access: 'customer', area: 'support' },
      schema: { tags: ['claims'], body: wanted, response: { 201: z.object({ id }) } },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { amount, grounds, ...asked } = request.body;
        const of = aboutOf(customerOf(ctx).customerId, asked);
        const made = await claimOpen(tx, ctx, { about: of, amount: parseYuan(amount), grounds });
        return { status: 201, body: { id: made } };
      }),
  );

  staff(app, house);
}

function staff(app: App, house: House): void {
  app.get(
    '/staff/claims',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ customer: id.optional(), state: claimShown.shape.state.optional() }),
        response: { 200: listOf(claimShown) },
      },
    },
    async (request) => {
      const { before, customer, state } = request.query;
      const filter = { customerId: customer, state, before };
      return paged((await claimList(house.db, request.ctx.brand.id, filter)).map(shown), (row) => row.id);
    },
  );

  app.get(
    '/staff/customers/:id/claim-cap',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        querystring: about,
        response: { 200: capShown },
      },
    },
    async (request) =>
      shownCap(await claimCap(house.db, request.ctx, aboutOf(request.params.id, request.query))),
  );

  app.post(
    '/staff/customers/:id/claims',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: wanted,
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { amount, grounds, ...asked } = request.body;
        const of = aboutOf(request.params.id, asked);
        const made = await claimOpen(tx, ctx, { about: of, amount: parseYuan(amount), grounds });
        return { status: 201, body: { id: made } };
      }),
  );

  app.post(
    '/staff/claims/:id/decision',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        /** `refuse` names what the refusal rests on. */
        body: z.union([
          z.strictObject({ grant: amountIn, reason: line(1, 500) }),
          z.strictObject({ refuse: z.enum(REFUSALS), reason: line(1, 500) }),
        ]),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const decision = 'grant' in body ? { ...body, grant: parseYuan(body.grant) } : body;
      await act(house, request, (tx, ctx) => claimDecide(tx, ctx, request.params.id, decision));
      return reply.status(204).send(null);
    },
  );
}

function shownCap(found: Cap): z.infer<typeof capShown> {
  const { policy, cap, spent, lines } = found;
  return {
    about: found.label,
    basis: found.basis.basis,
    clause: clauseShown(policy.version, policy.clauseOf('liability').clause),
    cap: formatYuan(cap),
    granted_before: formatYuan(spent),
    left: formatYuan(cap > spent ? cap - spent : 0n),
    lines: lines.map(({ at, paid, transactionId, ...rest }) => ({
      ...rest,
      at: at.toISOString(),
      paid: formatYuan(paid),
      transaction_id: transactionId,
    })),
  };
}

interface KeptLine {
  id: string;
  name: string;
  text: LocalizedText;
  at: string;
  paid: string;
  transaction_id: string | null;
}

function shown(row: Claim): z.infer<typeof claimShown> {
  const { id, customer_id, service_id, product, order_id, by_staff, grounds, state } = row;
  return {
    ...{ id, customer_id, service_id, product, order_id, by_staff, grounds, state },
    amount: formatYuan(row.amount_micro),
    at: row.at.toISOString(),
    clause_id: row.clause_id,
    cap: formatYuan(row.cap_micro),
    granted_before: formatYuan(row.spent_micro),
    lines: (row.lines as KeptLine[]).map((kept) => ({ ...kept, paid: formatYuan(BigInt(kept.paid)) })),
    granted: row.granted_micro === null ? null : formatYuan(row.granted_micro),
    decided_at: row.decided_at?.toISOString() ?? null,
    decision_reason: row.decision_reason,
    refusal_clause: row.refusal_clause,
  };
}
