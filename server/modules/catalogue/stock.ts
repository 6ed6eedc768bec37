import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Plan } from './document.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** Takes one piece of a plan whose stock in the region is limited; throws `no-stock`. Two at once: the row decides. */
export async function stockTake(tx: Tx, ctx: Ctx, plan: Plan, region: string): Promise<void> {
  const limit = plan.stock?.[region];
  if (limit === undefined) return;
  const row = { brand: ctx.brand.id, plan: plan.id, region };
  await tx
    .insertInto('catalogue_taken')
    .values({ ...row, taken: 0 })
    .onConflict((c) => c.doNothing())
    .execute();
  const taken = await tx
    .updateTable('catalogue_taken')
    .set((e) => ({ taken: e('taken', '+', 1) }))
    .where('brand', '=', row.brand)
    .where('plan', '=', row.plan)
    .where('region', '=', region)
    .where('taken', '<', limit)
    .executeTakeFirst();
  if (taken.numUpdatedRows === 0n) throw problem['no-stock']();
}

/** Gives pieces back; nothing happens for a plan that was never limited. */
export async function stockReturn(tx: Tx, ctx: Ctx, plan: string, region: string, pieces = 1): Promise<void> {
  await tx
    .updateTable('catalogue_taken')
    .set((e) => ({ taken: e.fn<number>('greatest', [e('taken', '-', pieces), e.lit(0)]) }))
    .where('brand', '=', ctx.brand.id)
    .where('plan', '=', plan)
    .where('region', '=', region)
    .where('taken', '>', 0)
    .execute();
}

export async function stockTaken(
  db: Db | Tx,
  brand: string,
): Promise<(plan: string, region: string) => number> {
  const rows = await db.selectFrom('catalogue_taken').selectAll().where('brand', '=', brand).execute();
  return (plan, region) => rows.find((row) => row.plan === plan && row.region === region)?.taken ?? 0;
}
