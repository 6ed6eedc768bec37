import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, amountOut, id, instant, listOf } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { customerFind } from '#modules/identity/index.ts';
import {
  accountShown,
  accountState,
  certificateShown,
  certificatesOf,
  shownAccount,
} from './account-shown.ts';
import { accountsList } from './accounts-list.ts';

const one = z.object({ id });
const staff = { config: { access: 'staff' as const, area: 'money' as const } };

const row = z.object({
  customer_id: id,
  /** By what its owner is known: a mailbox, or the ends of a phone. */
  email: z.string(),
  state: accountState,
  since: instant,
  /** Frozen: when the agreement ends. Ended: when the data goes. */
  until: instant,
  owed: amountOut,
  /** Charged, unpaid usage and late fees at the freeze. */
  owed_at_freeze: amountOut,
  warned: z.boolean(),
  reminders: z.number(),
});

export function staffRoutes(app: App, house: House): void {
  app.get(
    '/staff/arrears',
    {
      ...staff,
      schema: {
        tags: ['staff'],
        querystring: z.object({ state: z.enum(['frozen', 'ended']).optional(), before: instant.optional() }),
        response: { 200: listOf(row) },
      },
    },
    ({ ctx, query }) => accountsList(house.db, ctx, query),
  );

  app.get(
    '/staff/customers/:id/arrears',
    {
      ...staff,
      schema: {
        tags: ['staff'],
        params: one,
        response: {
          200: z.object({
            account: accountShown.nullable(),
            certificates: z.array(certificateShown),
          }),
        },
      },
    },
    async ({ ctx, params }) => {
      const { brand } = ctx;
      if (!(await customerFind(house.db, brand.id, params.id))) throw common['not-found']();
      return {
        account: await shownAccount(house.db, ctx, params.id),
        certificates: await certificatesOf(house.db, brand.id, params.id),
      };
    },
  );
}
