import type { Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { owedBy } from '#modules/debts/index.ts';
import { customersByIds } from '#modules/identity/index.ts';
import './tables.ts';

/** Accounts that are frozen or ended, the newest freeze first; `before`: frozen before that instant. */
export async function accountsList(
  db: Db,
  ctx: Ctx,
  filter: { state?: 'frozen' | 'ended' | undefined; before?: string | undefined },
) {
  const rows = await db
    .selectFrom('arrears_account as a')
    .innerJoin('arrears_freeze as f', (join) =>
      join.onRef('f.customer_id', '=', 'a.customer_id').on('f.unfrozen_at', 'is', null),
    )
    .select(['a.customer_id', 'a.state', 'a.warning_id'])
    .select(['f.frozen_at', 'f.end_at', 'f.ended_at', 'f.erase_at', 'f.owed_micro', 'f.reminded'])
    .where('a.brand', '=', ctx.brand.id)
    .where('a.state', '<>', 'running')
    // The freeze that made it so: an earlier end of the same customer is history.
    .where((e) => e.or([e('a.state', '=', 'ended'), e('f.ended_at', 'is', null)]))
    .$if(filter.state !== undefined, (q) => q.where('a.state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('f.frozen_at', '<', new Date(filter.before!)))
    .orderBy('f.frozen_at', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
  const shown = rows.slice(0, PAGE_SIZE);
  const people = await customersByIds(
    db,
    shown.map(({ customer_id }) => customer_id),
  );
  const names = new Map(people.map(({ id, shown: name }) => [id, name]));
  const items = [];
  for (const row of shown) {
    items.push({
      customer_id: row.customer_id,
      email: names.get(row.customer_id) ?? '',
      state: row.state,
      since: (row.ended_at ?? row.frozen_at).toISOString(),
      until: (row.erase_at ?? row.end_at).toISOString(),
      owed: formatYuan(await owedBy(db, ctx.brand.id, row.customer_id, ctx.now)),
      owed_at_freeze: formatYuan(row.owed_micro),
      warned: row.warning_id !== null,
      reminders: row.reminded.length,
    });
  }
  return {
    items,
    next: rows.length > PAGE_SIZE ? shown.at(-1)!.frozen_at.toISOString() : null,
  };
}
