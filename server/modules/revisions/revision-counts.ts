import type { Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { customersUnder, revisionList } from '#modules/terms/index.ts';
import './tables.ts';

/** For staff: each version with how many customers stand under it, and how many disagree with it now. */
export async function revisionCounts(db: Db, ctx: Ctx) {
  const brand = ctx.brand.id;
  const under = await customersUnder(db, brand);
  const open = await db
    .selectFrom('terms_disagreement')
    .select(['version', (e) => e.fn.countAll<bigint>().as('count')])
    .where('brand', '=', brand)
    .where('state', '=', 'open')
    .groupBy('version')
    .execute();
  const against = new Map(open.map((row) => [row.version, row.count]));
  return (await revisionList(db, brand)).map(({ version, announced_at, effective_at, replaces }) => ({
    version,
    announced_at: announced_at.toISOString(),
    effective_at: effective_at.toISOString(),
    in_force: effective_at <= ctx.now,
    replaces,
    confirmed: under.get(version)?.confirmed ?? 0,
    by_use: under.get(version)?.by_use ?? 0,
    disagree: Number(against.get(version) ?? 0n),
  }));
}
