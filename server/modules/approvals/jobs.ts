import { type Db, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { approvalsLapse } from './approval-decide.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'approvals.lapse',
      everySeconds: 60,
      nextDue: earliest,
      run: (now) =>
        transact(house.db, (tx) =>
          approvalsLapse(tx, (brand) => ({ ...systemCtx(house, brand, 'approvals.lapse'), now }), now),
        ),
    },
  ];
}

async function earliest(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('approvals_request')
    .select((e) => e.fn.min<Date | null>('expires_at').as('due'))
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return row?.due ?? null;
}
