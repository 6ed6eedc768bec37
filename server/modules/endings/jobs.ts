import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
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
    nextDue: earliest('lifecycle_proposal', 'expires_at', sql`state = 'waiting'`),
    run: (now) => transact(house.db, (tx) => proposalsLapse(tx, now)),
  };
}

/** Services that the operator ends, when what it announced falls due. */
function announced(house: House): Sweep {
  const name = 'endings.announced';
  return {
    name,
    everySeconds: 60,
    nextDue: earliest('lifecycle_ending', 'end_at', sql`done_at is null`),
    run: async (now) => {
      let handled = 0;
      for (const { id } of house.brands.all)
        handled += await transact(house.db, (tx) => endingsDue(tx, { ...systemCtx(house, id, name), now }));
      return handled;
    },
  };
}
