import { type Db, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { giftsExpire } from './gift.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'gifts.expiry',
      everySeconds: 60,
      nextDue: earliestGift,
      run: async (now) => {
        let handled = 0;
        for (const brand of house.brands.all) {
          const ctx = { ...systemCtx(house, brand.id, 'gifts'), now };
          handled += await transact(house.db, (tx) => giftsExpire(tx, ctx));
        }
        return handled;
      },
    },
  ];
}

async function earliestGift(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('billing_gift')
    .select((e) => e.fn.min<Date | null>('expires_at').as('due'))
    .where('expired_at', 'is', null)
    .executeTakeFirst();
  return row?.due ?? null;
}
