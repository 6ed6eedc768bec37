import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { isUnreachable, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { addMinutes } from '#kernel/time.ts';
import { accountEnd } from './account-end.ts';
import { accountErase } from './account-erase.ts';
import { accountsLook } from './account-look.ts';
import { accountRemind } from './account-remind.ts';
import type { Freeze } from './account-row.ts';
import './tables.ts';

/** In this order at one instant: what warns comes before what takes, and what takes before what can't be undone. */
export function sweeps(house: House): Sweep[] {
  const table = 'arrears_freeze';
  return [
    looks(house),
    rowSweep<Freeze>(house, {
      name: 'arrears.reminders',
      ...{ table, column: 'remind_at', lock: 'row' },
      where: sql`remind_at is not null`,
      verb: accountRemind,
    }),
    rowSweep<Freeze>(house, {
      name: 'arrears.ends',
      ...{ table, column: 'end_at', lock: 'verb' },
      where: sql`unfrozen_at is null and ended_at is null`,
      verb: accountEnd,
    }),
    rowSweep<Freeze>(house, {
      name: 'arrears.erasures',
      ...{ table, column: 'erase_at', lock: 'row' },
      // Asked once: then it waits for the rooms that hold the data.
      where: sql`erase_at is not null and erased_at is null
        and not exists (select from arrears_erasure e where e.freeze_id = t.id and e.asked_at is not null)`,
      verb: accountErase,
    }),
  ];
}

const BATCH = 100;
const TRIED_AGAIN_MINUTES = 10;

/** Balances against consumption, a brand's together. One that can't be looked at is put off, and keeps no other. */
function looks(house: House): Sweep {
  const name = 'arrears.looks';
  const look = async (ctx: Ctx, customerIds: readonly string[]): Promise<void> => {
    try {
      await transact(house.db, (tx) => accountsLook(tx, ctx, customerIds));
    } catch (error) {
      if (isUnreachable(error)) throw error;
      if (customerIds.length > 1) {
        for (const one of customerIds) await look(ctx, [one]);
        return;
      }
      const [customer] = customerIds;
      house.log.error({ brand: ctx.brand.id, customer, err: error }, 'an account could not be looked at');
      await house.db
        .updateTable('arrears_account')
        .set({ check_at: addMinutes(ctx.now, TRIED_AGAIN_MINUTES) })
        .where('customer_id', '=', customer!)
        .execute();
    }
  };
  return {
    name,
    everySeconds: 5,
    nextDue: earliest('arrears_account', 'check_at'),
    run: async (now) => {
      const due = await house.db
        .selectFrom('arrears_account')
        .select(['customer_id', 'brand'])
        .where('check_at', '<=', now)
        .orderBy('check_at')
        .limit(BATCH)
        .execute();
      for (const brand of new Set(due.map((row) => row.brand))) {
        const own = due.filter((row) => row.brand === brand).map((row) => row.customer_id);
        await look({ ...systemCtx(house, brand, name), now }, own);
      }
      return due.length;
    },
  };
}
