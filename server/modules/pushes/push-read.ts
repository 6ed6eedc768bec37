import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import type { Push } from './push-row.ts';
import type { PushState } from './tables.ts';
import './tables.ts';

/** All of a brand, or those of a service, or those that a customer gave, took or declined: the newest first, a page and one more. */
export function pushesListed(
  db: Db | Tx,
  brand: string,
  {
    customerId,
    serviceId,
    state,
    before,
  }: Partial<Record<'customerId' | 'serviceId' | 'before', string | undefined>> & {
    state?: PushState | undefined;
  },
): Promise<Push[]> {
  return db
    .selectFrom('pushes_push')
    .selectAll()
    .where('brand', '=', brand)
    .$if(customerId !== undefined, (q) =>
      q.where((e) => e.or([e('from_customer', '=', customerId!), e('to_customer', '=', customerId!)])),
    )
    .$if(serviceId !== undefined, (q) => q.where('service_id', '=', serviceId!))
    .$if(state !== undefined, (q) => q.where('state', '=', state!))
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

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
