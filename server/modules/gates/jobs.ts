import { sql } from 'kysely';
import type { House } from '#kernel/house.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { filingDue } from './filing.ts';
import type { Filing } from './filing-read.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    rowSweep<Filing>(house, {
      name: 'gates.filings',
      ...{ table: 'gates_filing', column: 'due_at', lock: 'row' },
      where: sql`due_at is not null`,
      verb: filingDue,
    }),
  ];
}
