import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { type Ending, endingDue } from './ending-announce.ts';
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
  return rowSweep<Ending>(house, {
    name: 'endings.announced',
    ...{ table: 'lifecycle_ending', key: 'service_id', column: 'end_at', lock: 'row' },
    where: sql`done_at is null`,
    verb: endingDue,
  });
}
