import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, displayName, id, instant, listOf, rule } from '#kernel/http.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { keyList } from './key-list.ts';
import { keyMake } from './key-make.ts';
import { keyRevoke } from './key-revoke.ts';
import { KEY_AREAS, type KeyArea } from './rules.ts';

const does = z.enum(['read', 'write']);
const areas = z
  .strictObject(
    Object.fromEntries(
      Object.entries(KEY_AREAS).map(([area, most]) => [
        area,
        (most === 'write' ? does : z.literal('read')).optional(),
      ]),
    ) as Record<KeyArea, z.ZodOptional<typeof does>>,
  )
  .refine(
    ...rule<object>((given) => Object.keys(given).length > 0, {
      zh: '请至少选择一项权限',
      en: 'Choose at least one area',
    }),
  );

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: () => 'an address such as 192.0.2.7 or 2001:db8::1, or a network such as 192.0.2.0/24',
});

const wanted = z.strictObject({
  name: displayName(1, 60),
  kind: z.enum(['bearer', 'signed']),
  areas,
  /** Of these services alone; null: all that its maker reaches. */
  services: z.array(id).min(1).max(200).nullable().default(null),
  /** IPv4 and IPv6 addresses and networks (CIDR) from which it may be used; none: any. */
  addresses: z.array(network).max(50).default([]),
  expires_at: instant.nullable().default(null),
});

const key = z.object({
  id,
  name: z.string(),
  kind: z.enum(['bearer', 'signed']),
  areas: z.record(z.string(), does),
  services: z.array(id).nullable(),
  addresses: z.array(z.string()),
  made_by: z.object({ id, email: z.string() }),
  created_at: instant,
  expires_at: instant.nullable(),
  revoked_at: instant.nullable(),
  last_used_at: instant.nullable(),
  last_used_ip: z.string().nullable(),
  state: z.enum(['live', 'expired', 'revoked', 'maker-gone']),
});

export function routes(app: App, house: House): void {
  app.get(
    '/account/keys',
    {
      config: { access: 'customer', area: 'people' },
      schema: { tags: ['account'], response: { 200: listOf(key) } },
    },
    async ({ ctx }) => ({ items: await keyList(house.db, ctx, customerOf(ctx).customerId), next: null }),
  );

  app.post(
    '/account/keys',
    {
      config: { access: 'customer', area: 'people' },
      schema: {
        tags: ['account'],
        description:
          'Makes an API key. The answer is the only time that its secret is told; a request that is sent twice makes two.',
        body: wanted,
        response: {
          201: z.object({
            id,
            secret: z.string(),
            /** What a bearer sends: `Authorization: Bearer …`. Null for a key that signs. */
            bearer: z.string().nullable(),
          }),
        },
      },
    },
    async (request, reply) => {
      await requireStepUp(house.db, request.ctx);
      const { expires_at, ...rest } = request.body;
      const made = await act(house, request, (tx, ctx) =>
        keyMake(tx, ctx, house.sealer, { ...rest, expiresAt: expires_at ? new Date(expires_at) : null }),
      );
      const bearer = rest.kind === 'bearer' ? `${made.id}.${made.secret}` : null;
      return reply
        .status(201)
        .header('cache-control', 'no-store')
        .send({ ...made, bearer });
    },
  );

  app.delete(
    '/account/keys/:id',
    {
      config: { access: 'customer', area: 'people' },
      schema: { tags: ['account'], params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => keyRevoke(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );
}
