import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import type { State } from './rules.ts';
import { serviceDelete } from './service-delete.ts';
import { serviceRemind } from './service-remind.ts';
import type { Service } from './service-row.ts';
import { serviceSuspend } from './service-suspend.ts';
import './tables.ts';

const BATCH = 100;

interface Due {
  name: string;
  state: State;
  column: 'remind_at' | 'period_end' | 'delete_at';
  verb: (tx: Tx, ctx: Ctx, service: Service) => Promise<void>;
}

/** In this order at one instant: what warns comes before what takes. */
const DUE: Due[] = [
  { name: 'lifecycle.reminders', state: 'active', column: 'remind_at', verb: serviceRemind },
  { name: 'lifecycle.expiry', state: 'active', column: 'period_end', verb: serviceSuspend },
  { name: 'lifecycle.deletion', state: 'suspended', column: 'delete_at', verb: serviceDelete },
];

export function sweeps(house: House): Sweep[] {
  return DUE.map(({ name, state, column, verb }) => ({
    name,
    everySeconds: 5,
    nextDue: (db) => earliest(db, state, column),
    run: (now) =>
      transact(house.db, async (tx) => {
        const due = await tx
          .selectFrom('lifecycle_service')
          .selectAll()
          .where('state', '=', state)
          .where(column, '<=', now)
          .orderBy(column)
          .limit(BATCH)
          .forUpdate()
          .skipLocked()
          .execute();
        for (const service of due) await verb(tx, { ...systemCtx(house, service.brand, name), now }, service);
        return due.length;
      }),
  }));
}

async function earliest(db: Db, state: State, column: Due['column']): Promise<Date | null> {
  const row = await db
    .selectFrom('lifecycle_service')
    .select((e) => e.fn.min<Date | null>(column).as('due'))
    .where('state', '=', state)
    .executeTakeFirst();
  return row?.due ?? null;
}
