import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { giftsExpire } from './gift.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'gifts.expiry',
      everySeconds: 60,
      nextDue: earliest('billing_gift', 'expires_at', sql`expired_at is null`),
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
