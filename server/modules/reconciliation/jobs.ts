import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { type Tx, transact } from '#kernel/db.ts';
import { asSystem, type House } from '#kernel/house.ts';
import { newId } from '#kernel/ids.ts';
import type { JobTable } from '#kernel/jobs.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { addMinutes, naturalDay } from '#kernel/time.ts';
import { billOf, firstSettled } from '#modules/payments/index.ts';
import { billCompare, dayStart } from './bill-compare.ts';
import { dayLook } from './look.ts';
import { BILL_AGAIN_MINUTES, BILL_HOUR, BILL_ZONE } from './rules.ts';
import type { BillChannel } from './tables.ts';
import './tables.ts';

const CHANNELS = ['alipay', 'wechatpay'] as const satisfies BillChannel[];
const payload = z.object({ day: z.uuid() });

export function jobs(house: House): JobTable {
  return {
    /** Fetches a day's bill and compares it; a bill that isn't there yet is asked for again by the sweep. */
    'reconciliation.compare': async (raw) => {
      const { day: dayId } = payload.parse(raw);
      const day = await house.db
        .selectFrom('reconciliation_day')
        .selectAll()
        .where('id', '=', dayId)
        .executeTakeFirstOrThrow();
      const answer = await billOf(house.ports, day.channel, day.day);
      if ('missing' in answer) {
        await transact(house.db, (tx) =>
          tx
            .updateTable('reconciliation_day')
            .set({ last_error: answer.missing.slice(0, 300) })
            .where('id', '=', dayId)
            .execute(),
        );
        house.log.warn(
          { channel: day.channel, day: day.day, reason: answer.missing },
          'a bill is not there yet',
        );
        return;
      }
      const keepsStrangers = (await firstBrand(house, day.channel)) === day.brand;
      const { open } = await asSystem(house, day.brand, 'reconciliation', (tx, ctx) =>
        billCompare(tx, ctx, { dayId, bill: answer.lines, keepsStrangers }),
      );
      if (open > 0)
        house.log.error({ channel: day.channel, day: day.day, open }, 'a bill differs from our books');
    },
  };
}

/** One merchant may stand for several brands; what is nobody's is shown to the staff of one of them. */
async function firstBrand(house: House, channel: BillChannel): Promise<string | undefined> {
  const rows = await house.db
    .selectFrom('reconciliation_cursor')
    .select('brand')
    .where('channel', '=', channel)
    .execute();
  const reconciled = new Set(rows.map((row) => row.brand));
  return house.brands.all.find((brand) => reconciled.has(brand.id))?.id;
}

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'reconciliation.days',
      everySeconds: 60,
      // Brands come while the server runs.
      get nextDue() {
        return sql<Date | null>`select least((select min(due_at) from reconciliation_cursor),
          (select min(ask_at) from reconciliation_day), (select min(since) from (${unbegun(house)}) u))`;
      },
      run: async (now) => {
        const begun = await begin(house);
        const opened = await transact(house.db, (tx) => daysOpen(tx, now));
        const asked = await transact(house.db, (tx) => daysAsk(tx, now));
        return begun + opened + asked;
      },
    },
  ];
}

/** Channels that took money for a brand and are not followed yet, with the first of it. */
function unbegun({ brands }: House): RawBuilder<{ brand: string; channel: BillChannel; since: Date }> {
  return sql`select * from (
      select b.brand, c.channel, ${firstSettled('b.brand', 'c.channel')} as since
        from (values ${rows(brands.all.map(({ id }) => id))}) as b (brand)
        cross join (values ${rows(CHANNELS)}) as c (channel)
        where not exists (select from reconciliation_cursor r where r.brand = b.brand and r.channel = c.channel)) one
    where since is not null`;
}

const rows = (values: readonly string[]) => sql.join(values.map((value) => sql`(${value}::text)`));

async function begin(house: House): Promise<number> {
  const { rows: found } = await unbegun(house).execute(house.db);
  if (found.length === 0) return 0;
  const values = found.map(({ brand, channel, since }) => {
    const next_day = naturalDay(since, BILL_ZONE);
    return { brand, channel, next_day, due_at: billDue(next_day) };
  });
  await transact(house.db, (tx) =>
    tx
      .insertInto('reconciliation_cursor')
      .values(values)
      .onConflict((conflict) => conflict.columns(['brand', 'channel']).doNothing())
      .execute(),
  );
  return values.length;
}

/** 10:00 of the day after. */
function billDue(day: string): Date {
  return addMinutes(dayStart(day), (24 + BILL_HOUR) * 60);
}

/** One day of each channel that is due; the sweep comes back until none is, so days that were missed are made up for. */
async function daysOpen(tx: Tx, now: Date): Promise<number> {
  const due = await tx
    .selectFrom('reconciliation_cursor')
    .selectAll()
    .where('due_at', '<=', now)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { brand, channel, next_day: day } of due) {
    await tx
      .insertInto('reconciliation_day')
      .values({
        ...{ id: newId(), brand, channel, day, state: 'waiting', ask_at: now },
        ...{ last_error: null, compared_at: null, created_at: now },
      })
      .onConflict((conflict) => conflict.constraint('reconciliation_day_once').doNothing())
      .execute();
    const next_day = naturalDay(addMinutes(dayStart(day), 36 * 60), BILL_ZONE);
    await tx
      .updateTable('reconciliation_cursor')
      .set({ next_day, due_at: billDue(next_day) })
      .where('brand', '=', brand)
      .where('channel', '=', channel)
      .execute();
  }
  return due.length;
}

async function daysAsk(tx: Tx, now: Date): Promise<number> {
  const due = await tx
    .selectFrom('reconciliation_day')
    .select(['id', 'asked', 'state'])
    .where('ask_at', '<=', now)
    .orderBy('ask_at')
    .limit(50)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { id, asked, state } of due) {
    // A bill that isn't there is asked for until it is; a second look is one look.
    const ask_at = state === 'waiting' ? addMinutes(now, BILL_AGAIN_MINUTES) : null;
    await tx
      .updateTable('reconciliation_day')
      .set({ ask_at, asked: asked + 1 })
      .where('id', '=', id)
      .execute();
    await dayLook(tx, id);
  }
  return due.length;
}
