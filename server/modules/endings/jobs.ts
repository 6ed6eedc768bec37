import { type Db, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { endingsDue } from './ending-announce.ts';
import { proposalsLapse } from './proposal.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [proposals(house), announced(house)];
}

function proposals(house: House): Sweep {
  return {
    name: 'endings.proposals',
    everySeconds: 60,
    nextDue: async (db) => {
      const row = await db
        .selectFrom('lifecycle_proposal')
        .select((e) => e.fn.min<Date | null>('expires_at').as('due'))
        .where('state', '=', 'waiting')
        .executeTakeFirst();
      return row?.due ?? null;
    },
    run: (now) => transact(house.db, (tx) => proposalsLapse(tx, now)),
  };
}

/** Services that the operator ends, when what it announced falls due. */
function announced(house: House): Sweep {
  const name = 'endings.announced';
  return {
    name,
    everySeconds: 60,
    nextDue: earliest,
    run: async (now) => {
      let handled = 0;
      for (const { id } of house.brands.all)
        handled += await transact(house.db, (tx) => endingsDue(tx, { ...systemCtx(house, id, name), now }));
      return handled;
    },
  };
}

async function earliest(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('lifecycle_ending')
    .select((e) => e.fn.min<Date | null>('end_at').as('due'))
    .where('done_at', 'is', null)
    .executeTakeFirst();
  return row?.due ?? null;
}
