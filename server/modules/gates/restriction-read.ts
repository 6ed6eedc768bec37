import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { pick } from '#kernel/text.ts';
import type { Cited } from './gate.ts';
import type { Standing } from './gate-facts.ts';
import type { GateAct, Restriction } from './rules.ts';
import type { RestrictionTable } from './tables.ts';
import './tables.ts';

export type RestrictionRow = Selectable<RestrictionTable>;

export interface RestrictionInForce extends Restriction {
  clause: { id: string; version: string; hash: string };
}

/** Those that hold for a customer, the newest first. */
export async function restrictionsInForce(
  db: Db | Tx,
  ctx: Ctx,
  customerId: string,
): Promise<RestrictionInForce[]> {
  const rows = await db
    .selectFrom('gates_restriction')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('brand', '=', ctx.brand.id)
    .where('lifted_at', 'is', null)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(({ id, acts, reason, clause_id, clause_version, clause_hash }) => ({
    ...{ id, acts, reason },
    clause: { id: clause_id, version: clause_version, hash: clause_hash },
  }));
}

/** Which of these customers may not do this for a restriction: for batches, one query. */
export async function restrictedAmong(
  tx: Db | Tx,
  customerIds: readonly string[],
  act: GateAct,
): Promise<Set<string>> {
  const ids = [...new Set(customerIds)];
  const rows = await tx
    .selectFrom('gates_restriction')
    .select('customer_id')
    .where('customer_id', '=', sql<string>`any(${ids}::uuid[])`)
    .where('lifted_at', 'is', null)
    .where(sql<boolean>`acts && array[${act}, 'everything']`)
    .execute();
  return new Set(rows.map((row) => row.customer_id));
}

/** The clause of a restriction with its words, where the paper that it stands in is the agreement that holds. */
export function restrictionClause(ctx: Ctx, standing: Standing, id: string): Cited {
  const found = standing.facts.restrictions.find((one) => one.id === id) as RestrictionInForce;
  const { clause } = found;
  const version = [standing.policy?.version, standing.current].find((one) => one?.sha256 === clause.hash);
  const words = version?.document.clauses.find((one) => one.id === clause.id);
  return {
    id: clause.id,
    version: clause.version,
    title: words ? pick(words.title, ctx.locale) : clause.id,
    text: words ? pick(words.text, ctx.locale) : clause.id,
  };
}

export function restrictionList(
  db: Db | Tx,
  brand: string,
  filter: { customerId?: string | undefined; before?: string | undefined; inForce?: boolean | undefined },
): Promise<RestrictionRow[]> {
  return db
    .selectFrom('gates_restriction')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.inForce === true, (q) => q.where('lifted_at', 'is', null))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}
