import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { isUnreachable, type Tx, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { brandsDue, type DueQuery, earliest, type Sweep } from '#kernel/sweeps.ts';
import { renewalsDue, renewalsPutOff, servicesAutoRenew } from './auto-renew.ts';
import type { State } from './rules.ts';
import type { Service } from './service-row.ts';
import { readOutDue, readOutsClose } from './service-run.ts';
import { servicesExpire } from './services-expire.ts';
import { servicesRemind } from './services-remind.ts';
import { servicesWipe } from './services-wipe.ts';
import './tables.ts';

/** Services whose due dates are handled in one transaction. */
const HANDLED_TOGETHER = 1_000;

interface Due {
  name: string;
  states: State[];
  column: 'remind_at' | 'period_end' | 'delete_at';
  verb: (tx: Tx, ctx: Ctx, services: readonly Service[]) => Promise<void>;
}

/** In this order at one instant: what warns comes before what takes. */
const DUE: Due[] = [
  { name: 'lifecycle.reminders', states: ['active'], column: 'remind_at', verb: servicesRemind },
  { name: 'lifecycle.expiry', states: ['active'], column: 'period_end', verb: servicesExpire },
  { name: 'lifecycle.deletion', states: ['suspended', 'ended'], column: 'delete_at', verb: servicesWipe },
];

export function sweeps(house: House): Sweep[] {
  return [renewals(house), ...DUE.map((due) => sweepOf(house, due)), readOuts(house)];
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
    nextDue: earliest('lifecycle_service', 'renew_at', sql`state in ('active', 'suspended')`),
    run: async (now) => {
      let handled = 0;
      const due = brandsOf(house, { states: ['active', 'suspended'], column: 'renew_at' }, now);
      for (const { id } of await brandsDue(house.db, house.brands.all, due))
        handled += await run(id, now, RENEWED_TOGETHER);
      return handled;
    },
  };
}

/** Machines that run once more for copying their data out stop again. */
function readOuts(house: House): Sweep {
  const name = 'lifecycle.read-outs';
  return {
    name,
    everySeconds: 60,
    nextDue: readOutDue,
    run: async (now) => {
      let handled = 0;
      for (const { id } of house.brands.all)
        handled += await transact(house.db, (tx) =>
          readOutsClose(tx, { ...systemCtx(house, id, name), now }),
        );
      return handled;
    },
  };
}

/**
 * Handles what is due of each brand in batches, each one transaction. One that can't be handled must not keep the others:
 * its batch is cut until it is alone; it is left out and tried again the next time.
 */
function sweepOf(house: House, due: Due): Sweep {
  const { name } = due;
  const troubled = new Set<string>();
  const run = async (brand: string, now: Date, limit: number): Promise<number> => {
    let alone: Service | undefined;
    try {
      return await transact(house.db, async (tx) => {
        const services = await dueNow(tx, due, { brand, now, limit, except: [...troubled] });
        alone = services.length === 1 ? services[0] : undefined;
        if (services.length > 0) await due.verb(tx, { ...systemCtx(house, brand, name), now }, services);
        return services.length;
      });
    } catch (error) {
      if (isUnreachable(error)) throw error;
      if (!alone) return run(brand, now, Math.max(1, Math.floor(limit / 10)));
      house.log.error(
        { brand, service: alone.id, sweep: name, err: error },
        'a service could not be handled',
      );
      troubled.add(alone.id);
      return 1;
    }
  };
  return {
    name,
    everySeconds: 5,
    nextDue: earliestOf(house, due),
    run: async (now) => {
      let handled = 0;
      for (const { id } of await brandsDue(house.db, house.brands.all, brandsOf(house, due, now)))
        handled += await run(id, now, HANDLED_TOGETHER);
      if (handled === 0) troubled.clear();
      return handled;
    },
  };
}

function dueNow(
  tx: Tx,
  { states, column }: Due,
  of: { brand: string; now: Date; limit: number; except: string[] },
): Promise<Service[]> {
  return (
    tx
      .selectFrom('lifecycle_service')
      .selectAll()
      .where('brand', '=', of.brand)
      .where('state', 'in', states)
      .where(column, '<=', of.now)
      // A renewal that is due goes first; whichever sweep comes by first.
      .where((e) => e.or([e('renew_at', 'is', null), e('renew_at', '>', of.now)]))
      .$if(of.except.length > 0, (q) => q.where('id', '<>', sql<string>`all(${of.except}::uuid[])`))
      .orderBy(column)
      .limit(of.limit)
      .forUpdate()
      .skipLocked()
      .execute()
  );
}

/** By brand, as the indexes are. */
function earliestOf(house: House, { states, column }: Due): DueQuery {
  return sql`select min(first.due) from ${brandsAll(house)} cross join lateral (select min(${sql.ref(`s.${column}`)}) as due
    from lifecycle_service s where s.brand = b.brand and s.state = any(${states}::text[])
      and ${sql.ref(`s.${column}`)} is not null) first`;
}

function brandsAll(house: House) {
  return sql`unnest(${house.brands.all.map(({ id }) => id)}::text[]) as b (brand)`;
}

function brandsOf(
  house: House,
  { states, column }: { states: State[]; column: Due['column'] | 'renew_at' },
  now: Date,
) {
  return sql`select b.brand from ${brandsAll(house)} where exists (select from lifecycle_service s
    where s.brand = b.brand and s.state = any(${states}::text[]) and ${sql.ref(`s.${column}`)} <= ${now})`;
}
