import { sql } from 'kysely';
import { asSystem, type House } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { faultsOverdue } from './fault-end.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'contacts.overdue',
      everySeconds: 60,
      nextDue: earliest('contacts_fault', 'correct_by', sql`state = 'open'`),
      async run(now) {
        let handled = 0;
        for (const { id } of house.brands.all)
          handled += await asSystem(house, id, 'contacts', (tx, ctx) => faultsOverdue(tx, { ...ctx, now }));
        return handled;
      },
    },
  ];
}
