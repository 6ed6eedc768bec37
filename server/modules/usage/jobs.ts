import type { RawBuilder } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { brandsDue, type Sweep } from '#kernel/sweeps.ts';
import { packagesDue, packagesDueBrands, usageDue, usageDueBrands } from '#modules/metering/index.ts';
import { usageCharge } from './usage-charge.ts';
import { packagesExpire } from './usage-package.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'usage.charge',
      everySeconds: 15,
      nextDue: usageDue,
      run: (now) => eachBrand(house, now, 'charge', usageCharge, usageDueBrands(now)),
    },
    {
      name: 'usage.packages',
      everySeconds: 60,
      nextDue: packagesDue,
      run: (now) => eachBrand(house, now, 'packages', packagesExpire, packagesDueBrands(now)),
    },
  ];
}

async function eachBrand(
  house: House,
  now: Date,
  name: string,
  verb: (tx: Tx, ctx: Ctx) => Promise<number>,
  due: RawBuilder<unknown>,
): Promise<number> {
  let handled = 0;
  for (const brand of await brandsDue(house.db, house.brands.all, due))
    handled += await transact(house.db, (tx) => verb(tx, { ...systemCtx(house, brand.id, name), now }));
  return handled;
}
