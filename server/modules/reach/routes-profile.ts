import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, line, rule } from '#kernel/http.ts';
import { profileOf, profileSet } from './profile.ts';

const said = (most: number) => line(1, most).nullable().default(null);
const ZONES = new Set(Intl.supportedValuesOf('timeZone'));

/** All of it optional; what is left out is taken back. */
const profile = z.object({
  full_name: said(100),
  address: said(300),
  /** ISO 3166: CN, SG … */
  nationality: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable()
    .default(null),
  province: said(60),
  city: said(60),
  /** As the IANA names it: Asia/Shanghai. */
  time_zone: z
    .string()
    .max(60)
    .refine(
      ...rule<string>((text) => ZONES.has(text), {
        zh: '请填写时区名称，如 Asia/Shanghai',
        en: 'Name a time zone, such as Asia/Shanghai',
      }),
    )
    .nullable()
    .default(null),
  postcode: z
    .string()
    .regex(/^[A-Za-z0-9 -]{3,12}$/)
    .nullable()
    .default(null),
  fax: z
    .string()
    .regex(/^\+?[0-9 -]{5,25}$/)
    .nullable()
    .default(null),
  homepage: z
    .url({ protocol: /^https?$/ })
    .max(200)
    .nullable()
    .default(null),
  job_title: said(60),
});
const shown = z.object(
  Object.fromEntries(Object.keys(profile.shape).map((name) => [name, z.string().nullable()])) as Record<
    keyof typeof profile.shape,
    z.ZodNullable<z.ZodString>
  >,
);

/** What a customer says of itself beside what it signs up with (亚云 6.2). */
export function profileRoutes(app: App, house: House): void {
  const tags = ['account'];
  const config = { access: 'customer' as const, area: 'people' as const };
  app.get('/account/profile', { config, schema: { tags, response: { 200: shown } } }, ({ ctx }) =>
    profileOf(house.db, house.sealer, customerOf(ctx).customerId),
  );
  app.put(
    '/account/profile',
    { config, schema: { tags, body: profile, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => profileSet(tx, ctx, house.sealer, request.body));
      return reply.status(204).send(null);
    },
  );
}
