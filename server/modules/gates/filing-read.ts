import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { naturalDay } from '#kernel/time.ts';
import type { FilingState } from './rules.ts';
import type { FilingTable } from './tables.ts';
import './tables.ts';

export type Filing = Selectable<FilingTable>;

/** Approved, and not past their last day, whether or not the sweep has been there. */
export function filingsInForce(
  db: Db | Tx,
  ctx: Ctx,
  customerId: string,
): Promise<Pick<Filing, 'kind' | 'domain'>[]> {
  const today = naturalDay(ctx.now, ctx.brand.zone);
  return db
    .selectFrom('gates_filing')
    .select(['kind', 'domain'])
    .where('customer_id', '=', customerId)
    .where('brand', '=', ctx.brand.id)
    .where('state', '=', 'approved')
    .where((e) => e.or([e('valid_until', 'is', null), e('valid_until', '>=', today)]))
    .execute();
}

export function filingList(
  db: Db | Tx,
  brand: string,
  filter: {
    customerId?: string | undefined;
    state?: FilingState | undefined;
    before?: string | undefined;
  },
): Promise<Filing[]> {
  return db
    .selectFrom('gates_filing')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** What customers filed and nobody decided yet. */
export async function filingsWaiting(db: Db | Tx, brand: string): Promise<number> {
  const { count } = await db
    .selectFrom('gates_filing')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('brand', '=', brand)
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
  return Number(count);
}
