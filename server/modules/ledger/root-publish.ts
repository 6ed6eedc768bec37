import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditPublish, auditRecord } from '#modules/audit/index.ts';
import './tables.ts';

/**
 * Publishes the roots of all sealed days up to `through` that aren't yet: from then on anybody can read them, and
 * nothing of those days can be changed without their being seen to differ; the record of acts is published with them.
 * Returns the days. A day that isn't sealed is `not-found`.
 */
export async function rootPublish(
  tx: Tx,
  ctx: Ctx,
  input: { through: string; staffId: string },
): Promise<string[]> {
  const sealed = await tx
    .selectFrom('ledger_root')
    .select('day')
    .where('brand', '=', ctx.brand.id)
    .where('day', '=', input.through)
    .executeTakeFirst();
  if (!sealed) throw kernelProblem['not-found']();
  const { rows } = await sql<{ day: string; root: Buffer }>`
    with published as (
      insert into ledger_publication (brand, day, published_at, staff_id)
        select r.brand, r.day, ${ctx.now}, ${input.staffId}::uuid from ledger_root r
          where r.brand = ${ctx.brand.id} and r.day <= ${input.through} order by r.day
        on conflict (brand, day) do nothing returning brand, day
    ) select r.day, r.root from published join ledger_root r using (brand, day) order by r.day`.execute(tx);
  for (const { day, root } of rows) {
    await auditRecord(tx, ctx, {
      action: 'ledger.published',
      subject: { kind: 'ledger-day', id: day },
      customerId: null,
      facts: { day, root: root.toString('hex') },
    });
  }
  // Asked for what was public before: nothing changes, and that somebody asked is on record all the same.
  if (rows.length === 0)
    await auditRecord(tx, ctx, {
      action: 'ledger.published',
      subject: { kind: 'ledger-day', id: input.through },
      customerId: null,
      facts: { day: input.through, published: 0 },
    });
  const newest = rows.at(-1);
  if (newest) await auditPublish(tx, ctx, { day: newest.day, staffId: input.staffId });
  return rows.map(({ day }) => day);
}
