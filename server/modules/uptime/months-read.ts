import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { addMs } from '#kernel/time.ts';
import { monthsOf } from '#modules/outages/index.ts';
import { type MonthSeen, monthsSeen } from './rules.ts';
import './tables.ts';

const MONTH_MS = 31 * 86_400_000;

/** What was seen of these nodes in the newest natural months of the brand's zone, since `from` at the earliest. */
export async function nodeMonths(
  db: Db | Tx,
  ctx: Ctx,
  nodeIds: readonly string[],
  { months: count, from }: { months: number; from?: Date },
): Promise<Map<string, MonthSeen[]>> {
  const now = ctx.now.getTime();
  const first = addMs(ctx.now, -(count - 1) * MONTH_MS).getTime();
  const since = from ? Math.max(first, from.getTime()) : first;
  const months = monthsOf({ from: since, until: now + 1 }, ctx.brand.zone).slice(-count);
  const rows = await db
    .selectFrom('uptime_spell')
    .selectAll()
    .where('node_id', '=', sql<string>`any(${nodeIds}::uuid[])`)
    .where('until_at', '>', new Date(months[0]?.span.from ?? now))
    .execute();
  // Of a service's first month the part before it was there is nobody's.
  const own = months.map(({ name, span }) => ({
    name,
    span: { from: from ? Math.max(span.from, from.getTime()) : span.from, until: span.until },
  }));
  return new Map(
    nodeIds.map((id) => {
      const spells = rows
        .filter(({ node_id }) => node_id === id)
        .map(({ from_at, until_at, answers }) => ({
          from: from_at.getTime(),
          until: until_at.getTime(),
          answers,
        }));
      return [id, monthsSeen(spells, own, now).toReversed()];
    }),
  );
}
