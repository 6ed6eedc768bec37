import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import './tables.ts';

/** Which offers of a customer's lapse when, for what is foretold. */
export function pushesAhead(db: Db | Tx, { brand, now }: Pick<Ctx, 'brand' | 'now'>, customerId: string) {
  return db
    .selectFrom('pushes_push')
    .select(['id', 'service_id', 'expires_at', 'to_shown', 'clause_id', 'clause_version'])
    .where('brand', '=', brand.id)
    .where('from_customer', '=', customerId)
    .where('state', '=', 'open')
    .where('expires_at', '>', now)
    .orderBy('expires_at')
    .execute();
}
