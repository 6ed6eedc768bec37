import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, id, instant, line, listOf, page, paged, paragraphs } from '#kernel/http.ts';
import { termsCurrent } from '#modules/terms/index.ts';
import { consequences } from './consequences.ts';
import { forceMajeureTell, PROOF_BYTES, proofRead } from './force-majeure.ts';
import { CAUSES, causesOf } from './judge.ts';
import { outageOpen, outageWrite, type Said } from './outage-record.ts';
import { affectedOf, consequencesOf, entriesOf, entryNow, outageFind, outageList } from './outage-row.ts';
import { ended, outageSettle } from './outage-settle.ts';
import { proofAnswer, proofSend } from './proof-send.ts';
import {
  affectedShown,
  consequenceShown,
  entryShown,
  outageShown,
  shownAffected,
  shownConsequence,
  shownEntry,
  shownOutage,
  shownVerdict,
  verdictShown,
} from './shown.ts';
import './tables.ts';

const said = z.object({
  title: z.object({ zh: line(1, 120), en: line(1, 120) }),
  cause: z.enum(CAUSES),
  from: instant,
  until: instant.nullable(),
  nodes: z.array(id).max(50).default([]),
  services: z.array(id).max(500).default([]),
  products: z.array(line(1, 40)).max(20).default([]),
  note: z.union([paragraphs(1, 2_000), z.literal('')]).default(''),
});

function read({ from, until, ...rest }: z.infer<typeof said>): Said {
  return { ...rest, from: new Date(from), until: until === null ? null : new Date(until) };
}

const PROOF_BODY = Math.ceil(PROOF_BYTES / 3) * 4 + 16 * 1024;

/** The outage book: staff write it, see what it means, and apply that. */
export function staffRoutes(app: App, house: House): void {
  app.get(
    '/staff/outages',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        querystring: page,
        response: { 200: listOf(outageShown).extend({ causes: z.array(z.enum(CAUSES)) }) },
      },
    },
    async (request) => {
      const { brand, now } = request.ctx;
      const outages = await outageList(house.db, brand.id, request.query.before);
      const entries = await entriesOf(
        house.db,
        outages.map((outage) => outage.id),
      );
      const newest = (outage: (typeof outages)[number]) =>
        entries.find((entry) => entry.outage_id === outage.id && entry.number === outage.entry)!;
      const { document } = await termsCurrent(house.db, brand.id, now);
      return {
        ...paged(
          outages.map((outage) => shownOutage(outage, newest(outage))),
          (row) => row.id,
        ),
        causes: causesOf(document.parameters),
      };
    },
  );

  app.post(
    '/staff/outages',
    {
      config: { access: 'staff', area: 'services' },
      schema: { tags: ['staff'], body: said, response: { 201: z.object({ id }) } },
    },
    async (request, reply) => {
      const made = await act(house, request, (tx, ctx) => outageOpen(tx, ctx, read(request.body)));
      return reply.status(201).send({ id: made });
    },
  );

  app.get(
    '/staff/outages/:id',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        response: {
          200: outageShown.extend({
            /** All that was ever written of it, the newest first. */
            entries: z.array(entryShown),
            affected: z.array(affectedShown),
            consequences: z.array(consequenceShown),
            proofs: z.array(z.object({ id, at: instant, media_type: z.string() })),
            told: z.number(),
          }),
        },
      },
    },
    async (request) => {
      const outage = await outageFind(house.db, request.ctx.brand.id, request.params.id);
      const entries = await entriesOf(house.db, [outage.id]);
      const proofs = await house.db
        .selectFrom('outages_proof')
        .select(['id', 'at', 'media_type'])
        .where('outage_id', '=', outage.id)
        .orderBy('id')
        .execute();
      const { told } = await house.db
        .selectFrom('outages_told')
        .select((e) => e.fn.countAll<bigint>().as('told'))
        .where('outage_id', '=', outage.id)
        .where('what', '=', 'force-majeure')
        .executeTakeFirstOrThrow();
      return {
        ...shownOutage(outage, entries[0]!),
        entries: entries.map(shownEntry),
        affected: (await affectedOf(house.db, outage)).map(shownAffected),
        consequences: (await consequencesOf(house.db, outage.id)).map(shownConsequence),
        proofs: proofs.map((proof) => ({ ...proof, at: proof.at.toISOString() })),
        told: Number(told),
      };
    },
  );

  app.post(
    '/staff/outages/:id/entries',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        /** `after`: the number of the entry that the writer has read. */
        body: said.extend({ after: z.number().int().min(1) }),
        response: { 201: z.object({ number: z.number() }) },
      },
    },
    async (request, reply) => {
      const { after, ...rest } = request.body;
      const input = { id: request.params.id, after, said: read(rest) };
      const number = await act(house, request, (tx, ctx) => outageWrite(tx, ctx, input));
      return reply.status(201).send({ number });
    },
  );

  app.get(
    '/staff/outages/:id/preview',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        response: { 200: z.object({ entry: z.number(), items: z.array(verdictShown) }) },
      },
    },
    async (request) => {
      const outage = await outageFind(house.db, request.ctx.brand.id, request.params.id);
      const entry = ended(await entryNow(house.db, outage));
      const verdicts = await consequences(house.db, entry, await affectedOf(house.db, outage));
      return { entry: outage.entry, items: verdicts.map(shownVerdict) };
    },
  );

  app.post(
    '/staff/outages/:id/settlement',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ entry: z.number().int().min(1), discretion: z.enum(['extend', 'leave']) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const input = { outageId: request.params.id, ...request.body };
      await act(house, request, (tx, ctx) => outageSettle(tx, ctx, input));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/outages/:id/force-majeure',
    {
      config: { access: 'staff', area: 'services', files: 'content' },
      bodyLimit: PROOF_BODY,
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({
          statement: z.object({ zh: paragraphs(1, 2_000), en: paragraphs(1, 2_000) }),
          /** PNG, JPEG or PDF of at most 4 MB, in base64. */
          content: z.string().min(1),
        }),
        response: { 200: z.object({ told: z.number() }) },
      },
    },
    async (request) => {
      const input = { outageId: request.params.id, ...request.body };
      return { told: await act(house, request, (tx, ctx) => forceMajeureTell(tx, ctx, input)) };
    },
  );

  app.get(
    '/staff/outages/:id/proofs/:proof_id',
    {
      config: { access: 'staff', area: 'services' },
      schema: { tags: ['staff'], params: z.object({ id, proof_id: id }), response: proofAnswer },
    },
    async (request, reply) => {
      const { id: outageId, proof_id: proofId } = request.params;
      return proofSend(reply, await proofRead(house.db, { brand: request.ctx.brand.id, outageId, proofId }));
    },
  );
}
