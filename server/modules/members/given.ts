import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { type Grant, grantBoth, grantWithin } from '#kernel/grant.ts';
import { customerOf, id, rule } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { type Given, grantOf, grantOfMember } from '#modules/identity/index.ts';
import { problem } from './rules.ts';

export const GIVEN_ROLES = ['admin', 'billing', 'technical', 'support', 'read-only', 'custom'] as const;
const does = z.enum(['read', 'write']).optional();

/** What may be given to somebody: a role; of the custom one the areas, and the services if not all. */
export const givenIn = z
  .object({
    role: z.enum(GIVEN_ROLES),
    areas: z
      .strictObject({
        services: does,
        money: does,
        people: does,
        support: does,
        audit: z.literal('read').optional(),
      })
      .nullish(),
    services: z.array(id).max(200).nullish(),
  })
  .refine(
    ...rule<{ role: string; areas?: object | null | undefined; services?: unknown }>(
      ({ role, areas, services }) =>
        role === 'custom' ? Object.keys(areas ?? {}).length > 0 : !areas && !services,
      {
        zh: '自定义角色需要至少一个权限范围；其他角色不能另设',
        en: 'A custom role needs an area; other roles have none of their own',
      },
    ),
  );

export const givenShown = z.object({
  role: z.enum(['owner', ...GIVEN_ROLES]),
  areas: z.record(z.string(), z.enum(['read', 'write'])).nullable(),
  services: z.array(id).nullable(),
});

/** As it is kept: nothing beside the role where the role says it all. */
export function givenOf(asked: z.infer<typeof givenIn>): Given & { role: (typeof GIVEN_ROLES)[number] } {
  const { role } = asked;
  if (role !== 'custom') return { role, areas: null, services: null };
  const areas = Object.fromEntries(Object.entries(asked.areas ?? {}).filter(([, each]) => each));
  return { role, areas, services: asked.services ? [...new Set(asked.services)] : null };
}

/** What the actor may give at this moment, not when the request came. */
export async function ownGrant(tx: Tx, ctx: Ctx): Promise<Grant> {
  const { customerId, userId, grant } = customerOf(ctx);
  const now = await grantOfMember(tx, customerId, userId);
  if (!now) throw common['not-found']();
  return grantBoth(grant, now);
}

/** Nobody gives more than they have, nor takes it from who has more. Throws `more-than-own`. */
export function mayGive(own: Grant, ...given: Given[]): void {
  if (!given.every((each) => grantWithin(own, grantOf(each)))) throw problem['more-than-own']();
}
