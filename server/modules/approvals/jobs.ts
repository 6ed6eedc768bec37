import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { approvalsLapse } from './approval-decide.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'approvals.lapse',
      everySeconds: 60,
      nextDue: earliest('approvals_request', 'expires_at', sql`state = 'waiting'`),
      run: (now) =>
        transact(house.db, (tx) =>
          approvalsLapse(tx, (brand) => ({ ...systemCtx(house, brand, 'approvals.lapse'), now }), now),
        ),
    },
  ];
}
