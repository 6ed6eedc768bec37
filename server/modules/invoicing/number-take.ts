import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { seriesOf } from './rules.ts';
import './tables.ts';

/**
 * Takes one number. Its counter's row stays locked until the transaction ends, so take it last; a rollback
 * gives the number back.
 */
export async function numberTake(
  tx: Tx,
  ctx: Ctx,
  kind: 'CRN' | 'HT',
): Promise<{ series: string; sequence: bigint }> {
  const series = seriesOf(kind, ctx.now, ctx.brand.zone);
  const { rows } = await sql<{ last: bigint }>`
    insert into invoicing_counter as c (brand, series, last) values (${ctx.brand.id}, ${series}, 1)
      on conflict (brand, series) do update set last = c.last + 1 returning last`.execute(tx);
  return { series, sequence: rows[0]!.last };
}

/** Every series whose numbers aren't exactly 1 to its counter; empty when all is well. */
export async function numberGaps(db: Db | Tx): Promise<{ brand: string; series: string }[]> {
  const { rows } = await sql<{ brand: string; series: string }>`
    with borne as (
      select brand, series, sequence from invoicing_invoice
      union all select brand, series, sequence from invoicing_credit_note)
    select c.brand, c.series from invoicing_counter c
      left join (select brand, series, count(*) as many, max(sequence) as highest from borne group by 1, 2) b
        using (brand, series)
      where c.series ~ '^(INV|CRN)' and (c.last, c.last) is distinct from (b.many, b.highest)`.execute(db);
  return rows;
}
