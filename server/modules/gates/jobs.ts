import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { filingsDue } from './filing.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'gates.filings',
      everySeconds: 300,
      nextDue: earliest('gates_filing', 'due_at'),
      async run(now) {
        let done = 0;
        for (const { id } of house.brands.all) {
          const ctx = { ...systemCtx(house, id, 'gates.filings'), now };
          done += await transact(house.db, (tx) => filingsDue(tx, ctx));
        }
        return done;
      },
    },
  ];
}
