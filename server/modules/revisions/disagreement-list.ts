import type { Db } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { customersByIds } from '#modules/identity/index.ts';
import './tables.ts';

/** For staff: who disagrees with what, the newest first; one row more than a page. */
export async function disagreementList(db: Db, brand: string, filter: { before?: string | undefined }) {
  const rows = await db
    .selectFrom('terms_disagreement')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
  const ids = [...new Set(rows.map(({ customer_id }) => customer_id))];
  const names = new Map((await customersByIds(db, ids)).map(({ id, shown }) => [id, shown]));
  return rows.map((row) => ({
    id: row.id,
    customer_id: row.customer_id,
    email: names.get(row.customer_id) ?? '',
    version: row.version,
    clause: row.clause_id,
    promises: row.promises,
    at: row.at.toISOString(),
    end_at: row.end_at.toISOString(),
    state: row.state,
    decided_at: row.decided_at?.toISOString() ?? null,
  }));
}
