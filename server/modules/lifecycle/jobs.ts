import type { Ctx } from '#kernel/ctx.ts';
import { type Db, isUnreachable, type Tx, transact } from '#kernel/db.ts';
import { asSystem, type House, systemCtx } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { renewalsDue, renewalsPutOff, servicesAutoRenew } from './auto-renew.ts';
import { endingsDue } from './ending.ts';
import { PRICE_NOTICES, priceNotices, readBatch } from './price-notices.ts';
import type { State } from './rules.ts';
import { serviceDelete } from './service-delete.ts';
import { serviceRemind } from './service-remind.ts';
import type { Service } from './service-row.ts';
import { serviceSuspend } from './service-suspend.ts';
import './tables.ts';

export function jobs(house: House): JobTable {
  return {
    [PRICE_NOTICES]: async (payload) => {
      const batch = readBatch(payload);
      await asSystem(house, batch.brand, PRICE_NOTICES, (tx, ctx) => priceNotices(tx, ctx, batch));
    },
  };
}

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
  return [renewals(house), ...DUE.map((due) => sweepOf(house, due)), endings(house)];
}

const RENEWED_TOGETHER = 2_000;

function renewals(house: House): Sweep {
  const name = 'lifecycle.renewals';
  /** One that can't be handled must not keep the others: the batch is cut until it is alone, and put off. */
  const run = async (brand: string, now: Date, limit: number): Promise<number> => {
    const ctx = () => ({ ...systemCtx(house, brand, name), now });
    try {
      return await transact(house.db, async (tx) => {
        const due = await renewalsDue(tx, now, brand, limit);
        if (due.length > 0) await servicesAutoRenew(tx, ctx(), due);
        return due.length;
      });
    } catch (error) {
      if (isUnreachable(error)) throw error;
      if (limit > 1) return run(brand, now, Math.ceil(limit / 10));
      house.log.error({ brand, err: error }, 'a service could not be renewed; it is put off');
      return transact(house.db, async (tx) => {
        const due = await renewalsDue(tx, now, brand, 1);
        await renewalsPutOff(tx, ctx(), due);
        return due.length;
      });
    }
  };
  return {
    name,
    everySeconds: 5,
    nextDue: earliestRenewal,
    run: async (now) => {
      let handled = 0;
      for (const { id } of house.brands.all) handled += await run(id, now, RENEWED_TOGETHER);
      return handled;
    },
  };
}

/** Services that the operator ends, when what it announced falls due. */
function endings(house: House): Sweep {
  const name = 'lifecycle.endings';
  return {
    name,
    everySeconds: 60,
    nextDue: async (db) => {
      const row = await db
        .selectFrom('lifecycle_ending')
        .select((e) => e.fn.min<Date | null>('end_at').as('due'))
        .where('done_at', 'is', null)
        .executeTakeFirst();
      return row?.due ?? null;
    },
    run: async (now) => {
      let handled = 0;
      for (const { id } of house.brands.all)
        handled += await transact(house.db, (tx) => endingsDue(tx, { ...systemCtx(house, id, name), now }));
      return handled;
    },
  };
}

async function earliestRenewal(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('lifecycle_service')
    .select((e) => e.fn.min<Date | null>('renew_at').as('due'))
    .where('state', 'in', ['active', 'suspended'])
    .executeTakeFirst();
  return row?.due ?? null;
}

function sweepOf(house: House, { name, state, column, verb }: Due): Sweep {
  return {
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
          // A renewal that is due goes first; whichever sweep comes by first.
          .where((e) => e.or([e('renew_at', 'is', null), e('renew_at', '>', now)]))
          .orderBy(column)
          .limit(BATCH)
          .forUpdate()
          .skipLocked()
          .execute();
        for (const service of due) await verb(tx, { ...systemCtx(house, service.brand, name), now }, service);
        return due.length;
      }),
  };
}

async function earliest(db: Db, state: State, column: Due['column']): Promise<Date | null> {
  const row = await db
    .selectFrom('lifecycle_service')
    .select((e) => e.fn.min<Date | null>(column).as('due'))
    .where('state', '=', state)
    .executeTakeFirst();
  return row?.due ?? null;
}
