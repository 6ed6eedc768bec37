import { domainToUnicode } from 'node:url';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, customerOf, id, instant, line, listOf, page, paged } from '#kernel/http.ts';
import { claimAdd, claimProve, claimWithdraw } from './claim.ts';
import { type Claim, claimHolder, claimList, claimOwn } from './claim-read.ts';
import { proofSeen } from './look.ts';
import { domainForm, proofOf } from './name.ts';
import { problem } from './rules.ts';
import './driver.ts';

const config = { access: 'customer' as const, area: 'people' as const, whole: true as const };
const tags = ['domains'];
const one = z.object({ id });

const claimShown = z.object({
  id,
  customer_id: id,
  domain: z.string(),
  /** As people write it. */
  shown: z.string(),
  state: z.enum(['asked', 'proven', 'lost', 'withdrawn']),
  method: z.enum(['dns', 'file']).nullable(),
  asked_at: instant,
  proven_at: instant.nullable(),
  seen_at: instant.nullable(),
  missing_since: instant.nullable(),
  ended_at: instant.nullable(),
  end_reason: z.enum(['gone', 'another', 'withdrawn']).nullable(),
});

/** What shows that it is theirs, for whoever asked. */
const proof = z.object({
  dns: z.object({ name: z.string(), text: z.string() }),
  file: z.object({ url: z.string(), text: z.string() }),
});
const claimOfOwn = claimShown.extend({ proof: proof.nullable() });

export function routes(app: App, house: House): void {
  app.get(
    '/domains',
    { config, schema: { tags, querystring: page, response: { 200: listOf(claimOfOwn) } } },
    async ({ ctx, query }) => {
      const filter = { customerId: customerOf(ctx).customerId, before: query.before };
      return paged((await claimList(house.db, ctx.brand.id, filter)).map(withProof), (row) => row.id);
    },
  );

  app.post(
    '/domains',
    {
      config,
      schema: { tags, body: z.object({ domain: line(4, 253) }), response: { 201: z.object({ id }) } },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const domain = domainForm(request.body.domain);
        if (!domain) throw problem['domain-form']();
        const { customerId } = customerOf(ctx);
        return { status: 201, body: { id: await claimAdd(tx, ctx, { customerId, domain }) } };
      }),
  );

  // Asks the world, so the transaction comes after: a holder whose proof still stands keeps the domain.
  app.post(
    '/domains/:id/proof',
    {
      config,
      schema: {
        tags,
        params: one,
        body: z.object({ method: z.enum(['dns', 'file']) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { ctx } = request;
      const { customerId } = customerOf(ctx);
      await house.ports.throttles.visitor.spend(`domain:${customerId}`);
      const claim = await claimOwn(house.db, { id: request.params.id, customerId });
      const { method } = request.body;
      const seen = await proofSeen(house, claim, method);
      if (seen !== 'there') throw problem[seen === 'missing' ? 'proof-missing' : 'proof-unavailable']();
      const holder = await claimHolder(house.db, ctx.brand.id, claim.domain);
      const foreign = holder && holder.id !== claim.id ? holder : null;
      const holderMissing =
        foreign !== null && (await proofSeen(house, foreign, foreign.method!)) === 'missing';
      await act(house, request, (tx) => claimProve(tx, ctx, { claim, method, holderMissing }));
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/domains/:id',
    { config, schema: { tags, params: one, response: { 204: z.null() } } },
    async (request, reply) => {
      const { customerId } = customerOf(request.ctx);
      await act(house, request, async (tx, ctx) =>
        claimWithdraw(tx, ctx, await claimOwn(tx, { id: request.params.id, customerId })),
      );
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/staff/domains',
    {
      config: { access: 'staff', area: 'customers' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ customer: id.optional() }),
        response: { 200: listOf(claimShown) },
      },
    },
    async ({ ctx, query }) => {
      const filter = { customerId: query.customer, before: query.before };
      return paged((await claimList(house.db, ctx.brand.id, filter)).map(shown), (row) => row.id);
    },
  );
}

function shown(claim: Claim): z.infer<typeof claimShown> {
  const { id, customer_id, domain, state, method, end_reason } = claim;
  const at = (instant: Date | null) => instant?.toISOString() ?? null;
  return {
    ...{ id, customer_id, domain, state, method, end_reason, shown: domainToUnicode(domain) },
    ...{ asked_at: claim.asked_at.toISOString(), proven_at: at(claim.proven_at), seen_at: at(claim.seen_at) },
    ...{ missing_since: at(claim.missing_since), ended_at: at(claim.ended_at) },
  };
}

function withProof(claim: Claim): z.infer<typeof claimOfOwn> {
  const stands = claim.state === 'asked' || claim.state === 'proven';
  const { dns, file } = proofOf(claim);
  const url = `http://${claim.domain}${file.path}`;
  return { ...shown(claim), proof: stands ? { dns, file: { url, text: file.text } } : null };
}
