import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant, listOf } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import {
  answer,
  answerForm,
  challengesVoid,
  failureNote,
  ownOwner,
  QUESTIONS,
  questionRemove,
  questionSet,
  requireNoFactorOwed,
  requireStepUp,
  securityChanged,
  userOwner,
} from '#modules/factors/index.ts';
import {
  checkPassword,
  hashPassword,
  hashSecret,
  newPassword,
  password,
  passwordChange,
  sessionEnd,
  userRead,
  userSessions,
  userSessionsEnd,
  wrongCredentials,
} from '#modules/identity/index.ts';
import { deviceOf, placeName } from './whereabouts.ts';

const tags = ['account'];
/** Also while a second factor is asked for. */
const self = { access: 'customer', area: 'self', person: true, beforeFactor: true } as const;

const session = z.object({
  id,
  created_at: instant,
  last_seen_at: instant,
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  /** The browser and its system, as far as they say. */
  device: z.string().nullable(),
  /** A guess from the address, in Chinese; null for addresses of no place. */
  place: z.string().nullable(),
  current: z.boolean(),
});

/** A user's own password, question and sessions. */
export function accountRoutes(app: App, house: House): void {
  sessionRoutes(app, house);

  // Who never had a password sets the first one; with one that is there it is asked for.
  app.post(
    '/account/password',
    {
      config: self,
      schema: {
        tags,
        body: z.object({ current: password.nullable(), next: newPassword }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { ownerId: userId } = ownOwner(request.ctx);
      const { account } = house.ports.throttles;
      await account.spend(`password:${userId}`);
      const { current } = request.body;
      const { email_normal, password_hash } = await userRead(house.db, userId);
      if (password_hash === null) await requireStepUp(house.db, request.ctx);
      // Nothing was tried: nothing is on record of it.
      else if (current === null) throw wrongCredentials();
      else if (await checkPassword(password_hash, current)) await requireNoFactorOwed(house.db, request.ctx);
      else {
        const owner = userOwner(userId);
        await failureNote(house.db, request.ctx, { what: 'proof', owner, name: userId });
        throw wrongCredentials();
      }
      const context = email_normal ? [email_normal.split('@')[0]!] : [];
      const passwordHash = await hashPassword(request.body.next, context, 'next');
      await act(house, request, async (tx, ctx) => {
        const { customerId, sessionId } = customerOf(ctx);
        await challengesVoid(tx, userOwner(userId));
        await passwordChange(tx, ctx, { userId, customerId, passwordHash, stays: sessionId });
        await securityChanged(tx, ctx, userId, 'password-changed');
      });
      await account.forgive(`password:${userId}`);
      return reply.status(204).send(null);
    },
  );

  app.put(
    '/account/factors/question',
    {
      config: self,
      schema: {
        tags,
        body: z.object({ question: z.enum(QUESTIONS), answer }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await requireStepUp(house.db, request.ctx);
      const answerHash = await hashSecret(answerForm(request.body.answer));
      await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        const { ownerId } = ownOwner(ctx);
        await questionSet(tx, ctx, ownerId, { question: request.body.question, answerHash });
        await securityChanged(tx, ctx, ownerId, 'question-set');
      });
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/account/factors/question',
    { config: self, schema: { tags, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        const { ownerId } = ownOwner(ctx);
        if (!(await questionRemove(tx, ctx, ownerId))) throw kernelProblem['not-found']();
        await securityChanged(tx, ctx, ownerId, 'question-removed');
      });
      return reply.status(204).send(null);
    },
  );
}

function sessionRoutes(app: App, house: House): void {
  app.get(
    '/account/sessions',
    { config: self, schema: { tags, response: { 200: listOf(session) } } },
    async (request) => {
      const { userId, sessionId } = customerOf(request.ctx);
      const rows = await userSessions(house.db, userId, request.ctx.now);
      const items = rows.map((row) => ({
        id: row.id,
        created_at: row.created_at.toISOString(),
        last_seen_at: row.last_seen_at.toISOString(),
        ip: row.ip,
        user_agent: row.user_agent,
        device: deviceOf(row.user_agent),
        place: placeName(row.ip),
        current: row.id === sessionId,
      }));
      return { items, next: null };
    },
  );

  app.delete(
    '/account/sessions/:id',
    { config: self, schema: { tags, params: z.object({ id }), response: { 204: z.null() } } },
    async (request, reply) => {
      const ended = await act(house, request, (tx, ctx) => sessionEnd(tx, ctx, request.params.id));
      if (!ended) throw kernelProblem['not-found']();
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/account/sessions',
    {
      config: self,
      schema: { tags, response: { 200: z.object({ ended: z.number() }) } },
    },
    (request) =>
      act(house, request, async (tx, ctx) => {
        const { userId, customerId, sessionId } = customerOf(ctx);
        const ended = await userSessionsEnd(tx, ctx, userId, sessionId);
        await auditRecord(tx, ctx, {
          action: 'sessions.others-ended',
          subject: { kind: 'user', id: userId },
          customerId,
          facts: { ended },
        });
        return { ended };
      }),
  );
}
