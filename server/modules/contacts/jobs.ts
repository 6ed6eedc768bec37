import { asSystem, type House } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { faultsOverdue } from './fault-end.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'contacts.overdue',
      everySeconds: 60,
      async nextDue(db) {
        const row = await db
          .selectFrom('contacts_fault')
          .select((e) => e.fn.min<Date | null>('correct_by').as('due'))
          .where('state', '=', 'open')
          .executeTakeFirst();
        return row?.due ?? null;
      },
      async run(now) {
        let handled = 0;
        for (const { id } of house.brands.all)
          handled += await asSystem(house, id, 'contacts', (tx, ctx) => faultsOverdue(tx, { ...ctx, now }));
        return handled;
      },
    },
  ];
}
