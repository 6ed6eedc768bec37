import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { wallClock } from '#kernel/time.ts';
import { customerRead } from '#modules/identity/index.ts';
import { type NoticeRequest, noticeSend } from '#modules/notify/index.ts';
import type { FreezeTable } from './tables.ts';
import './tables.ts';

export type Freeze = Selectable<FreezeTable>;

/** Locks it: one decision on a freeze at a time. Throws `not-found` for another brand's and for none. */
export async function freezeLock(tx: Tx, ctx: Ctx, id: string): Promise<Freeze> {
  const row = await tx
    .selectFrom('funds_freeze')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

export function freezeList(
  db: Db | Tx,
  brand: string,
  filter: {
    customerId?: string | undefined;
    state?: Freeze['state'] | undefined;
    before?: string | undefined;
  },
): Promise<Freeze[]> {
  return db
    .selectFrom('funds_freeze')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** Tells the customer what became of frozen money. Returns the notice's id. */
export async function freezeTell(
  tx: Tx,
  ctx: Ctx,
  freeze: Freeze,
  kind: Extract<NoticeRequest['kind'], 'funds-lifted' | 'funds-held' | 'funds-returned'>,
  reason: string,
): Promise<string> {
  const customer = await customerRead(tx, freeze.customer_id);
  return noticeSend(tx, ctx, {
    kind,
    dedupe: `${kind}:${freeze.id}:${ctx.now.toISOString()}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: {
      amount: formatYuan(freeze.amount_micro),
      frozen: wallClock(freeze.placed_at, ctx.brand.zone),
      reason,
    },
  });
}
