import { z } from 'zod';
import { STAFF_ROLE_AREAS } from '#kernel/grant.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, displayName, id, instant, line, staffOf } from '#kernel/http.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { email, hashPassword } from '#modules/identity/index.ts';
import { factorResetAsk, factorResetDecide } from './factor-reset.ts';
import { holdingsOf } from './grant-read.ts';
import { holdingsSet, mayGrant, memberLocked } from './holdings-set.ts';
import { memberAdd, memberEnd, newPassword } from './member.ts';
import { memberList, roleList } from './member-list.ts';
import { roleChange, roleDefine, roleEnd } from './role-define.ts';
import { BUILT_IN_ROLES, builtIn } from './rules.ts';
import { areas, shownAreas } from './session-stage.ts';
import { memberSessionsEnd } from './sessions-end.ts';
import { staffPasswordGive } from './staff-password.ts';
import './tables.ts';

const tags = ['staff'];
const config = { access: 'staff', area: 'staff' } as const;

const holding = z.object({ role: line(1, 40), brand: z.string().max(40).nullable() });
const holdings = z.array(holding).max(40);
const chosen = z.partialRecord(z.enum(STAFF_ROLE_AREAS), z.enum(['read', 'write']));
const made = z.object({ id, password: z.string() });

const member = z.object({
  id,
  email: z.string(),
  name: z.string(),
  created_at: instant,
  ended_at: instant.nullable(),
  /** What was kept of them as a person is gone. */
  erased_at: instant.nullable(),
  factors: z.array(z.string()),
  sessions: z.number(),
  holdings: z.array(z.object({ role: z.string(), brand: z.string().nullable() })),
  /** A reset of the second factor that waits for a colleague. */
  reset: z.object({ id, asked_by: z.string(), reason: z.string(), asked_at: instant }).nullable(),
});

const role = z.object({
  id: z.string(),
  /** Null of a built-in one, whose name pages know. */
  name: z.string().nullable(),
  /** Null: everything. */
  areas: areas.nullable(),
});

/** Who works here, and what they may do. */
export function memberRoutes(app: App, house: House): void {
  const brands = () => house.brands.all.map((brand) => brand.id);
  const params = z.object({ id });
  const none = { 204: z.null() };

  app.get(
    '/staff/members',
    {
      config,
      schema: {
        tags,
        response: {
          200: z.object({ items: z.array(member), roles: z.array(role), brands: z.array(z.string()) }),
        },
      },
    },
    async (request) => {
      const items = (await memberList(house.db, request.ctx.now)).map((row) => ({
        ...row,
        created_at: row.created_at.toISOString(),
        ended_at: row.ended_at?.toISOString() ?? null,
        erased_at: row.erased_at?.toISOString() ?? null,
        reset: row.reset && { ...row.reset, asked_at: row.reset.asked_at.toISOString() },
      }));
      const known = BUILT_IN_ROLES.map((name) => {
        const grant = builtIn(name)!;
        return { id: name, name: null, areas: grant.all ? null : shownAreas(grant.areas) };
      });
      const own = (await roleList(house.db)).map((row) => ({ ...row, areas: shownAreas(row.areas) }));
      return { items, roles: [...known, ...own], brands: brands() };
    },
  );

  app.post(
    '/staff/members',
    {
      config,
      schema: {
        tags,
        body: z.object({ email, name: displayName(1, 60), holdings }),
        response: { 201: made },
      },
    },
    async (request, reply) => {
      const secret = newPassword();
      const passwordHash = await hashPassword(secret, []);
      const added = await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        return memberAdd(tx, ctx, brands(), { ...request.body, passwordHash });
      });
      return reply.status(201).send({ id: added, password: secret });
    },
  );

  app.put(
    '/staff/members/:id/roles',
    { config, schema: { tags, params, body: z.object({ holdings }), response: none } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        await memberLocked(tx, request.params.id);
        await requireStepUp(tx, ctx);
        await holdingsSet(tx, ctx, brands(), { staffId: request.params.id, ...request.body });
      });
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/members/:id/password',
    {
      config,
      schema: { tags, params, response: { 200: z.object({ password: z.string() }) } },
    },
    async (request) => {
      const secret = newPassword();
      const passwordHash = await hashPassword(secret, []);
      await act(house, request, async (tx, ctx) => {
        await memberLocked(tx, request.params.id);
        await requireStepUp(tx, ctx);
        await mayGrant(tx, ctx, brands(), await holdingsOf(tx, request.params.id));
        await staffPasswordGive(tx, ctx, { staffId: request.params.id, passwordHash });
      });
      return { password: secret };
    },
  );

  app.post(
    '/staff/members/:id/end-sessions',
    { config, schema: { tags, params, response: none } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        const { id: staffId } = await memberLocked(tx, request.params.id);
        await mayGrant(tx, ctx, brands(), await holdingsOf(tx, staffId));
        await memberSessionsEnd(tx, ctx, staffId);
      });
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/members/:id/leave',
    { config, schema: { tags, params, response: none } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        await memberLocked(tx, request.params.id);
        await requireStepUp(tx, ctx);
        await memberEnd(tx, ctx, brands(), request.params.id);
      });
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/members/:id/factor-reset',
    {
      config,
      schema: { tags, params, body: z.object({ reason: line(1, 500) }), response: { 201: z.object({ id }) } },
    },
    async (request, reply) => {
      const asked = await act(house, request, (tx, ctx) =>
        factorResetAsk(tx, ctx, { staffId: request.params.id, ...request.body }),
      );
      return reply.status(201).send({ id: asked });
    },
  );

  // By whoever lost it, after their password.
  app.post(
    '/staff/auth/factor-reset',
    {
      config: { access: 'staff', area: 'self', beforeFactor: true },
      schema: { tags, body: z.object({ reason: line(1, 500) }), response: { 201: z.object({ id }) } },
    },
    async (request, reply) => {
      const asked = await act(house, request, (tx, ctx) =>
        factorResetAsk(tx, ctx, { staffId: staffOf(ctx).staffId, ...request.body }),
      );
      return reply.status(201).send({ id: asked });
    },
  );

  app.post(
    '/staff/factor-resets/:id/decision',
    { config, schema: { tags, params, body: z.object({ grant: z.boolean() }), response: none } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) =>
        factorResetDecide(tx, ctx, brands(), { id: request.params.id, ...request.body }),
      );
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/roles',
    {
      config,
      schema: {
        tags,
        body: z.object({ name: displayName(1, 40), areas: chosen }),
        response: { 201: z.object({ id }) },
      },
    },
    async (request, reply) => {
      const defined = await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        return roleDefine(tx, ctx, request.body);
      });
      return reply.status(201).send({ id: defined });
    },
  );

  app.put(
    '/staff/roles/:id',
    {
      config,
      schema: { tags, params, body: z.object({ name: displayName(1, 40), areas: chosen }), response: none },
    },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        await roleChange(tx, ctx, { id: request.params.id, ...request.body });
      });
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/staff/roles/:id',
    { config, schema: { tags, params, response: none } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        await roleEnd(tx, ctx, request.params.id);
      });
      return reply.status(204).send(null);
    },
  );
}
