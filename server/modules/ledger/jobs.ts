import { type Db, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { dayClose, openDay } from './day-close.ts';
import { daySeal } from './day-seal.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'ledger.seal',
      everySeconds: 60,
      // Only closing is due at an instant; sealing follows as soon as whoever was writing then has ended.
      nextDue: (db) => earliestClose(db, house),
      run: async (now) => {
        let handled = 0;
        for (const brand of house.brands.all) {
          const ctx = { ...systemCtx(house, brand.id, 'ledger-seal'), now };
          if (await transact(house.db, (tx) => dayClose(tx, ctx))) handled += 1;
          if (await daySeal(house.db, ctx)) handled += 1;
        }
        return handled;
      },
    },
  ];
}

async function earliestClose(db: Db, house: House): Promise<Date | null> {
  const open = await Promise.all(house.brands.all.map((brand) => openDay(db, brand)));
  const dues = open.flatMap((day) => (day ? [day.closesAt.getTime()] : []));
  return dues.length > 0 ? new Date(Math.min(...dues)) : null;
}
