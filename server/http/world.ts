import { z } from 'zod';
import type { House, MoverState } from '#kernel/house.ts';
import { type App, act, instant, line } from '#kernel/http.ts';
import { problems } from '#kernel/problem.ts';
import { addDays } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { FARTHEST_DAYS, instantFrom, spanFrom } from '../world-span.ts';

const problem = problems({
  'clock-going': {
    status: 409,
    title: { zh: '时钟正在移动', en: 'The clock is on its way' },
    remedy: { zh: '请等它到达后再移动。', en: 'Move it again when it has arrived.' },
  },
  'clock-target': {
    status: 422,
    title: { zh: '时钟不能移动到那里', en: 'The clock can’t be moved there' },
    remedy: {
      zh: '请给出之后十年内的时间，如 30d、12h、3mo 或 2027-03-01。',
      en: 'Give a time within ten years from its now: 30d, 12h, 3mo, or 2027-03-01.',
    },
  },
});

const world = z.object({
  now: instant,
  target: instant.nullable(),
  stops: z.number(),
  failed: z.string().nullable(),
});

/** The clock of a world, for its staff. Mounted there alone: elsewhere these routes don't exist. */
export function worldRoutes(app: App, house: House): void {
  const { mover } = house;
  if (!mover) return;
  app.get(
    '/staff/world',
    { config: { access: 'staff', area: 'system' }, schema: { tags: ['world'], response: { 200: world } } },
    () => shown(mover.state()),
  );

  app.post(
    '/staff/world/advance',
    {
      config: { access: 'staff', area: 'system' },
      schema: {
        tags: ['world'],
        body: z.union([z.strictObject({ by: line(2, 12) }), z.strictObject({ until: line(8, 40) })]),
        response: { 202: world },
      },
    },
    async (request, reply) => {
      const { body, ctx } = request;
      const { zone } = ctx.brand;
      const { now, target: going } = mover.state();
      if (going) throw problem['clock-going']();
      const target = 'by' in body ? spanFrom(now, body.by, zone) : instantFrom(body.until, zone);
      if (!target || target <= now || target > addDays(now, FARTHEST_DAYS, zone))
        throw problem['clock-target']();
      await act(house, request, (tx, inner) =>
        auditRecord(tx, inner, {
          action: 'world.advanced',
          subject: { kind: 'world', id: house.ports.deployment },
          customerId: null,
          facts: { from: now.toISOString(), to: target.toISOString() },
        }),
      );
      if (!mover.begin(target)) throw problem['clock-going']();
      return reply.status(202).send(shown(mover.state()));
    },
  );
}

function shown({ now, target, stops, failed }: MoverState): z.infer<typeof world> {
  return { now: now.toISOString(), target: target?.toISOString() ?? null, stops, failed };
}
