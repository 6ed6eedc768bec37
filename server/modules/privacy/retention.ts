import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { DueQuery, Sweep } from '#kernel/sweeps.ts';
import { PERSONAL_TABLES, type PersonalTable } from '#server/personal-data.ts';
import { eraseRows, monthsAfter, unerased } from './erase.ts';
import './tables.ts';

const BATCH = 500;

/** What is kept for a time counted from each row, of everybody, and by no sweep of its own room. */
export const TIMED: readonly PersonalTable[] = PERSONAL_TABLES.filter(
  ({ keep, at }) => keep?.from === 'row' && !keep.by && at !== null,
);

/** What the law no longer keeps goes, whether its person left or not. */
export function retentionSweep(house: House): Sweep {
  return {
    name: 'privacy.retention',
    everySeconds: 3_600,
    nextDue: earliestTimed(),
    run: async (now) => {
      const ctx: Ctx = { ...systemCtx(house, house.brands.all[0]!.id, 'privacy.retention'), now };
      let handled = 0;
      for (const table of TIMED) handled += await batch(house.db, table, ctx);
      return handled;
    },
  };
}

function over(table: PersonalTable) {
  return table.keep?.if ? sql`${unerased(table)} and (${sql.raw(table.keep.if)})` : unerased(table);
}

function earliestTimed(): DueQuery {
  const dues = TIMED.map((table) => {
    const due = monthsAfter(sql`min(${sql.ref(`t.${table.at}`)})`, table.keep!.months);
    return sql`select ${due} as due from ${sql.table(table.table)} t where ${over(table)}`;
  });
  return sql`select min(due) from (${sql.join(dues, sql` union all `)}) each`;
}

function batch(db: Db, table: PersonalTable, ctx: Ctx): Promise<number> {
  const due = monthsAfter(sql.ref(`t.${table.at}`), table.keep!.months);
  return transact(db, (tx) =>
    eraseRows(
      tx,
      ctx,
      table,
      sql`t.ctid = any(array(select t.ctid from ${sql.table(table.table)} t
        where ${due} <= ${ctx.now} and ${over(table)} limit ${BATCH} for update skip locked))`,
    ),
  );
}
