import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import './tables.ts';

/**
 * Publishes the root of the brand's newest block together with the ledger's of that day: nothing that any block up to
 * it has can be changed without being seen to differ. Nothing happens while there is no block.
 */
export async function auditPublish(tx: Tx, ctx: Ctx, input: { day: string; staffId: string }): Promise<void> {
  const newest = await tx
    .selectFrom('audit_block')
    .select(['number', 'root'])
    .where('brand', '=', ctx.brand.id)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!newest) return;
  await tx
    .insertInto('audit_publication')
    .values({
      brand: ctx.brand.id,
      day: input.day,
      block: newest.number,
      root: newest.root,
      published_at: ctx.now,
      staff_id: input.staffId,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Newest first, a page and one more. */
export function publishedBlocks(db: Db, brand: string, before: string | undefined) {
  return db
    .selectFrom('audit_publication')
    .select(['brand', 'day', 'block', 'root', 'published_at'])
    .where('brand', '=', brand)
    .$if(before !== undefined, (q) => q.where('day', '<', before!))
    .orderBy('day', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}
