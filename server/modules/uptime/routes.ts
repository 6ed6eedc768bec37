import { z } from 'zod';
import { mayReach } from '#kernel/grant.ts';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  customerOf,
  id,
  instant,
  line,
  listOf,
  localized,
  page,
  paged,
  paragraphs,
} from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { nodeOf, nodesNamed, nodesOf, servicesOnNode } from '#modules/compute/index.ts';
import { policyOn, servicesByIds } from '#modules/lifecycle/index.ts';
import { availabilityText, CAUSES } from '#modules/outages/index.ts';
import { clauseShown, policyOf } from '#modules/terms/index.ts';
import { type Draft, draftConfirm, draftDismiss, draftList } from './draft-decide.ts';
import { nodeMonths } from './months-read.ts';
import type { MonthSeen } from './rules.ts';

const MONTHS = 6;

const monthSeen = z.object({
  /** "2026-03" */
  month: z.string(),
  /** Of the time that was looked at; null where nothing was. */
  availability_percent: z.string().nullable(),
  /** How much of the month, or of its part until now, was looked at. */
  measured_percent: z.string(),
  down_minutes: z.number(),
});

function shownMonth({ name, upMs, downMs, lengthMs }: MonthSeen): z.infer<typeof monthSeen> {
  const seen = upMs + downMs;
  return {
    month: name.slice(0, 7),
    availability_percent: seen > 0 ? availabilityText(downMs, seen) : null,
    measured_percent: lengthMs > 0 ? availabilityText(Math.max(0, lengthMs - seen), lengthMs) : '0.0000',
    down_minutes: Math.round(downMs / 60_000),
  };
}

const slaShown = z.object({
  promised_percent: z.string(),
  table: z.array(z.object({ below_percent: z.string(), back_percent: z.number() })),
  clause: z.object({ id: z.string(), version: z.string(), title: localized }),
});

const draftShown = z.object({
  id,
  node: z.object({ id, name: z.string() }),
  from: instant,
  until: instant.nullable(),
  /** It ended because nobody looked any more, not because the node answered. */
  lost_sight: z.boolean(),
  /** None: our own line may have been cut. */
  others_answered: z.number(),
  state: z.enum(['open', 'confirmed', 'dismissed']),
  reason: z.string().nullable(),
  outage_id: z.string().nullable(),
  services: z.array(z.object({ id, label: z.string() })),
});

export function routes(app: App, house: House): void {
  app.get(
    '/account/uptime',
    {
      config: { access: 'customer', area: 'services', narrows: true },
      schema: {
        tags: ['outages'],
        querystring: z.object({ service: id }),
        response: {
          200: z.object({
            /** Of the node where the service is now, the newest first. */
            months: z.array(monthSeen),
            /** What is promised, where the terms promise something. */
            sla: slaShown.nullable(),
          }),
        },
      },
    },
    async ({ ctx, query }) => {
      const { customerId, grant } = customerOf(ctx);
      const [service] = await servicesByIds(house.db, ctx.brand.id, [query.service]);
      if (service?.customer_id !== customerId || !mayReach(grant, service.id))
        throw kernelProblem['not-found']();
      const nodeId = await nodeOf(house.db, service.id);
      const span = { months: MONTHS, from: service.created_at };
      const months = nodeId ? await nodeMonths(house.db, ctx, [nodeId], span) : null;
      const policy = await policyOf(house.db, policyOn(service), ctx.now);
      const { sla } = policy.parameters;
      return {
        months: (months?.get(nodeId!) ?? []).map(shownMonth),
        sla:
          sla?.rule === 'by-table'
            ? {
                promised_percent: sla.promised_percent,
                table: sla.table,
                clause: clauseShown(policy.version, policy.clauseOf('sla').clause),
              }
            : null,
      };
    },
  );
  staffRoutes(app, house);
}

function staffRoutes(app: App, house: House): void {
  const config = { access: 'staff' as const, area: 'services' as const };
  const tags = ['staff'];
  app.get(
    '/staff/uptime',
    {
      config,
      schema: {
        tags,
        response: {
          200: z.object({
            items: z.array(
              z.object({ node: z.object({ id, name: z.string() }), months: z.array(monthSeen) }),
            ),
          }),
        },
      },
    },
    async ({ ctx }) => {
      const nodes = await nodesOf(house.db);
      const ids = nodes.map((node) => node.id);
      const months = await nodeMonths(house.db, ctx, ids, { months: MONTHS });
      return {
        items: nodes.map((node) => ({
          node: { id: node.id, name: node.name },
          months: months.get(node.id)!.map(shownMonth),
        })),
      };
    },
  );
  app.get(
    '/staff/outage-drafts',
    { config, schema: { tags, querystring: page, response: { 200: listOf(draftShown) } } },
    async ({ ctx, query }) => {
      const drafts = await draftList(house.db, ctx.brand.id, query.before);
      const shown: z.infer<typeof draftShown>[] = [];
      for (const draft of drafts) shown.push(await shownDraft(house, ctx.brand.id, draft));
      return paged(shown, (row) => row.id);
    },
  );
  app.post(
    '/staff/outage-drafts/:id/confirmation',
    {
      config,
      schema: {
        tags,
        params: z.object({ id }),
        body: z.object({
          title: z.object({ zh: line(1, 120), en: line(1, 120) }),
          cause: z.enum(CAUSES),
          note: z.union([paragraphs(1, 2_000), z.literal('')]).default(''),
        }),
        response: { 201: z.object({ id }) },
      },
    },
    async (request, reply) => {
      const input = { id: request.params.id, ...request.body };
      const made = await act(house, request, (tx, ctx) => draftConfirm(tx, ctx, input));
      return reply.status(201).send({ id: made });
    },
  );
  app.post(
    '/staff/outage-drafts/:id/dismissal',
    {
      config,
      schema: {
        tags,
        params: z.object({ id }),
        body: z.object({ reason: line(1, 500) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const input = { id: request.params.id, reason: request.body.reason };
      await act(house, request, (tx, ctx) => draftDismiss(tx, ctx, input));
      return reply.status(204).send(null);
    },
  );
}

async function shownDraft(house: House, brand: string, draft: Draft): Promise<z.infer<typeof draftShown>> {
  const { id, lost_sight, others_answered, state, reason, outage_id } = draft;
  const during = { from: draft.from_at, until: draft.until_at };
  const onNode = await servicesOnNode(house.db, brand, draft.node_id, during);
  const services = await servicesByIds(
    house.db,
    brand,
    onNode.map(({ serviceId }) => serviceId),
  );
  const [node] = await nodesNamed(house.db, [draft.node_id]);
  return {
    ...{ id, lost_sight, others_answered, state, reason, outage_id },
    node: { id: draft.node_id, name: node!.name },
    from: draft.from_at.toISOString(),
    until: draft.until_at?.toISOString() ?? null,
    services: services.map(({ id: service, label }) => ({ id: service, label })),
  };
}
