import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant, line } from '#kernel/http.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { failureNote, requireNoFactorOwed, requireStepUp, userOwner } from '#modules/factors/index.ts';
import { code, customerRead, email, password, passwordIsOf } from '#modules/identity/index.ts';
import { contactAsk } from './contact-ask.ts';
import { contactForm, contactShown } from './contact-form.ts';
import { contactsOf } from './contact-read.ts';
import { contactRemove, contactState, contactVerify } from './contact-set.ts';
import { profileRoutes } from './routes-profile.ts';
import { responsibleRoutes } from './routes-responsible.ts';
import { problem } from './rules.ts';
import './tables.ts';

const kind = z.enum(['phone', 'qq', 'wechat']);

const contact = z.object({
  kind: z.enum(['email', 'phone', 'qq', 'wechat']),
  /** Its ends; of the mailbox, all. */
  shown: z.string(),
  verified: z.boolean(),
  /** Since when it is known to reach nobody. */
  invalid_at: instant.nullable(),
});

const asked = z.object({ id, shown: z.string() });

export function routes(app: App, house: House): void {
  const tags = ['account'];

  app.get(
    '/account/contacts',
    {
      config: { access: 'customer', area: 'people' },
      schema: { tags, response: { 200: z.object({ items: z.array(contact) }) } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const user = await customerRead(house.db, customerId);
      const mailbox = user.email !== null && {
        kind: 'email' as const,
        shown: user.email,
        verified: user.email_verified_at !== null,
        invalid_at: user.email_invalid_at?.toISOString() ?? null,
      };
      const others = await contactsOf(house.db, [customerId]);
      const items = others.map((each) => ({
        kind: each.kind,
        shown: each.shown,
        verified: each.verified_at !== null,
        invalid_at: each.invalid_at?.toISOString() ?? null,
      }));
      return { items: mailbox ? [mailbox, ...items] : items };
    },
  );

  // A phone: a code goes there. It may be the one that holds already, to show that it reaches its owner again.
  app.post(
    '/account/contacts/phone',
    {
      config: { access: 'customer', area: 'people', owner: true },
      schema: { tags, body: z.object({ phone: line(1, 20) }), response: { 202: asked } },
    },
    async (request, reply) => {
      const value = contactForm('phone', request.body.phone);
      if (!value) throw problem['contact-form']({}, { errors: [{ field: 'phone', message: 'form' }] });
      const owner = await ownerOf(house, customerOf(request.ctx).customerId);
      await house.ports.throttles.visitor.spend(`phone:${visitorOf(request.ip)}`);
      const contactId = await act(house, request, (tx, ctx) =>
        contactAsk(tx, ctx, house.sealer, owner, { kind: 'phone', value }),
      );
      return reply.status(202).send({ id: contactId, shown: contactShown('phone', value) });
    },
  );

  // Another mailbox, or the same one to show that it works; who has only the session doesn't get to move the account.
  // Who has no password shows by a factor that it is them.
  app.post(
    '/account/contacts/email',
    {
      config: { access: 'customer', area: 'people', owner: true },
      schema: { tags, body: z.object({ email, password: password.optional() }), response: { 202: asked } },
    },
    async (request, reply) => {
      const { customerId, userId } = customerOf(request.ctx);
      const { password: given } = request.body;
      if (given === undefined) await requireStepUp(house.db, request.ctx);
      else {
        await house.ports.throttles.account.spend(`password:${userId}`);
        if (!(await passwordIsOf(house.db, userId, given))) {
          const owner = userOwner(userId);
          await failureNote(house.db, request.ctx, { what: 'proof', owner, name: userId });
          throw problem['password-wrong']();
        }
        await requireNoFactorOwed(house.db, request.ctx);
      }
      const owner = await ownerOf(house, customerId);
      const contactId = await act(house, request, (tx, ctx) =>
        contactAsk(tx, ctx, house.sealer, owner, { kind: 'email', value: request.body.email }),
      );
      return reply.status(202).send({ id: contactId, shown: contactShown('email', request.body.email) });
    },
  );

  app.post(
    '/account/contacts/verifications/:id',
    {
      config: { access: 'customer', area: 'people', owner: true },
      schema: { tags, params: z.object({ id }), body: z.object({ code }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { customerId } = customerOf(request.ctx);
      const given = { customerId, contactId: request.params.id, code: request.body.code };
      const right = await act(house, request, (tx, ctx) => contactVerify(tx, ctx, house.sealer, given));
      if (!right) throw problem['contact-code-wrong']();
      return reply.status(204).send(null);
    },
  );

  app.put(
    '/account/contacts',
    {
      config: { access: 'customer', area: 'people' },
      schema: {
        tags,
        body: z.object({ kind: z.enum(['qq', 'wechat']), value: line(1, 40) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { kind: stated } = request.body;
      const value = contactForm(stated, request.body.value);
      if (!value) throw problem['contact-form']({}, { errors: [{ field: 'value', message: 'form' }] });
      const owner = await ownerOf(house, customerOf(request.ctx).customerId);
      await act(house, request, (tx, ctx) =>
        contactState(tx, ctx, house.sealer, owner, { kind: stated, value }),
      );
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/account/contacts/removals',
    {
      config: { access: 'customer', area: 'people', owner: true },
      schema: { tags, body: z.object({ kind }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { customerId } = customerOf(request.ctx);
      await act(house, request, (tx, ctx) => contactRemove(tx, ctx, { customerId, kind: request.body.kind }));
      return reply.status(204).send(null);
    },
  );

  profileRoutes(app, house);
  responsibleRoutes(app, house);
}

async function ownerOf(house: House, customerId: string) {
  const { user_id: userId, locale } = await customerRead(house.db, customerId);
  return { customerId, userId, locale };
}
