import { z } from 'zod';
import { mayReach } from '#kernel/grant.ts';
import type { House } from '#kernel/house.ts';
import { type App, actOnce, amountOut, customerOf, id, instant, listOf, page, paged } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { rightsOf } from './end-right.ts';
import { endRightUse } from './end-right-use.ts';
import { proofRead } from './force-majeure.ts';
import { entriesOf, outageList } from './outage-row.ts';
import { proofAnswer, proofSend } from './proof-send.ts';
import { staffRoutes } from './routes-staff.ts';
import {
  consequenceShown,
  monthShown,
  rightShown,
  shownConsequence,
  shownMonth,
  shownRight,
  shownStatus,
  statusShown,
} from './shown.ts';
import { subjectOutages } from './subject-outages.ts';
import './tables.ts';

const hit = statusShown.extend({
  subject_id: z.string(),
  label: z.string(),
  /** In which this one was hit. */
  hit_from: instant,
  hit_until: instant.nullable(),
  /** What came of it; the last is what holds. */
  consequences: z.array(consequenceShown),
  proofs: z.array(id),
});

export function routes(app: App, house: House): void {
  app.get(
    '/outages',
    {
      config: { access: 'public' },
      schema: { tags: ['outages'], querystring: page, response: { 200: listOf(statusShown) } },
    },
    async (request) => {
      const outages = await outageList(house.db, request.ctx.brand.id, request.query.before);
      const entries = await entriesOf(
        house.db,
        outages.map((outage) => outage.id),
      );
      const newest = outages.map(
        (outage) => entries.find((one) => one.outage_id === outage.id && one.number === outage.entry)!,
      );
      return paged(newest.map(shownStatus), (row) => row.id);
    },
  );

  app.get(
    '/account/outages',
    {
      config: { access: 'customer', area: 'services', narrows: true },
      schema: {
        tags: ['outages'],
        /** Of one service or package; without it of all. */
        querystring: z.object({ subject: id.optional() }),
        response: {
          200: z.object({
            items: z.array(hit),
            months: z.array(monthShown.extend({ subject_id: z.string() })),
            end_rights: z.array(rightShown),
          }),
        },
      },
    },
    async (request) => {
      const { customerId, grant } = customerOf(request.ctx);
      const brand = request.ctx.brand.id;
      const found = await subjectOutages(house.db, { brand, customerId, subjectId: request.query.subject });
      const hits = found.hits.filter(({ affected }) => mayReach(grant, affected.subject_id));
      const months = found.months.filter((row) => mayReach(grant, row.subject_id));
      const subjects = [...new Set(hits.map(({ affected }) => affected.subject_id))];
      return {
        items: hits.map(({ affected, entry, consequences, proofs }) => ({
          ...shownStatus(entry),
          title: entry.title as LocalizedText,
          subject_id: affected.subject_id,
          label: affected.label,
          hit_from: affected.from_at.toISOString(),
          hit_until: affected.until_at?.toISOString() ?? null,
          consequences: consequences.map(shownConsequence),
          proofs,
        })),
        months: months.map((row) => ({ ...shownMonth(row), subject_id: row.subject_id })),
        end_rights: (await rightsOf(house.db, subjects)).map(shownRight),
      };
    },
  );

  app.post(
    '/account/outages/:id/end',
    {
      config: { access: 'customer', area: 'services', behalf: false },
      schema: {
        tags: ['outages'],
        /** The service or package that was down for too long. */
        params: z.object({ id }),
        response: { 200: z.object({ refunded: amountOut }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { customerId } = customerOf(ctx);
        const refunded = await endRightUse(tx, ctx, { customerId, subjectId: request.params.id });
        return { status: 200, body: { refunded: formatYuan(refunded) } };
      }),
  );

  app.get(
    '/outages/:id/proofs/:proof_id',
    {
      config: { access: 'customer', area: 'services' },
      schema: { tags: ['outages'], params: z.object({ id, proof_id: id }), response: proofAnswer },
    },
    async (request, reply) => {
      const { id: outageId, proof_id: proofId } = request.params;
      const { customerId } = customerOf(request.ctx);
      const brand = request.ctx.brand.id;
      return proofSend(reply, await proofRead(house.db, { brand, outageId, proofId, customerId }));
    },
  );

  staffRoutes(app, house);
}
