import { z } from 'zod';
import { type Does, mayDo } from '#kernel/grant.ts';
import type { House } from '#kernel/house.ts';
import { type App, amountOut, customerOf, id, instant, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem } from '#kernel/problem.ts';
import { customerRead, memberOf, ROLES } from '#modules/identity/index.ts';
import { cashBalance } from '#modules/ledger/index.ts';
import { standing, standingRead } from '#modules/revisions/index.ts';

const session = z.object({
  /** `shown`: by what the person is known: the mailbox, or the ends of a phone. */
  user: z.object({ id, email: z.string().nullable(), shown: z.string(), locale: z.enum(['zh', 'en']) }),
  customer: z.object({
    id,
    /** By what its owner is known. */
    shown: z.string(),
    minor: z.boolean(),
    real_name: z.enum(['none', 'passed']),
    guardian_consent: z.boolean(),
  }),
  /** What this person may do in this customer; `areas` is empty and `services` null for who may do everything. */
  role: z.enum(ROLES),
  grant: z.object({
    all: z.boolean(),
    areas: z.record(z.string(), z.enum(['read', 'write'])),
    services: z.array(id).nullable(),
  }),
  /** A second factor is asked of everybody here, and this session has shown none: until then it opens nothing else. */
  factor_asked: z.boolean(),
  /** Null for who may not look at the money. */
  balance: amountOut.nullable(),
  terms: standing,
});

const brandShown = z.object({
  id: z.string(),
  name: localized,
  tagline: localized,
  theme: z.object({ primary: z.string() }),
  zone: z.string(),
  /** A mailbox for questions; null where the brand names none. */
  contact_email: z.string().nullable(),
  production: z.boolean(),
  /** Where a local stand-in answers instead of the real party; pages say so. */
  sandbox: z.object({ payment: z.boolean(), mail: z.boolean(), real_name: z.boolean(), sms: z.boolean() }),
  /** In a world whose clock staff move: what it shows. Null wherever time is real. */
  moved_clock: z.object({ now: instant, going: z.boolean() }).nullable(),
});

/** What a page needs at once, put together from several rooms. */
export function sessionRoutes(app: App, house: House): void {
  app.get(
    '/brand',
    { config: { access: 'public' }, schema: { tags: ['brand'], response: { 200: brandShown } } },
    async (request) => {
      const { id, name, tagline, theme, zone, contact_email = null } = request.ctx.brand;
      const { payments, mailer, realName, sms } = house.ports;
      const sandbox = {
        payment: Object.values(payments).some((gateway) => gateway.sandbox),
        mail: mailer.sandbox,
        real_name: realName.sandbox,
        sms: sms.sandbox,
      };
      const moved = house.mover?.state();
      const moved_clock = moved ? { now: moved.now.toISOString(), going: moved.target !== null } : null;
      const { production } = house.config;
      return { id, name, tagline, theme, zone, contact_email, production, sandbox, moved_clock };
    },
  );

  app.get(
    '/auth/session',
    {
      config: { access: 'customer', area: 'self', behalf: true, beforeFactor: true },
      schema: { tags: ['auth'], response: { 200: session } },
    },
    async (request) => {
      const { customerId, userId, grant, factorAsked = false } = customerOf(request.ctx);
      const brand = request.ctx.brand.id;
      const customer = await customerRead(house.db, customerId);
      const member = await memberOf(house.db, customerId, userId);
      if (!member) throw problem['signed-out']();
      const { email, locale } = member;
      return {
        user: { id: userId, email, locale, shown: email ?? member.phone_shown ?? '' },
        role: member.role,
        grant: grant.all
          ? { all: true, areas: {}, services: null }
          : { all: false, areas: definite(grant.areas), services: grant.services },
        customer: {
          id: customerId,
          shown: customer.email ?? customer.phone_shown ?? '',
          minor: customer.minor,
          real_name: customer.real_name_passed_at ? ('passed' as const) : ('none' as const),
          guardian_consent: customer.guardian_consent_at !== null,
        },
        factor_asked: factorAsked,
        balance:
          mayDo(grant, 'money', 'read') && !factorAsked
            ? formatYuan(await cashBalance(house.db, brand, customerId))
            : null,
        terms: await standingRead(house.db, request.ctx, customerId),
      };
    },
  );
}

/** Without the areas that are named and not given. */
function definite(areas: Partial<Record<string, Does>>): Record<string, Does> {
  return Object.fromEntries(Object.entries(areas).filter((each): each is [string, Does] => Boolean(each[1])));
}
