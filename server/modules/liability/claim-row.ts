import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { customerRead } from '#modules/identity/index.ts';
import { type NoticeRequest, noticeSend } from '#modules/notify/index.ts';
import type { Policy } from '#modules/terms/index.ts';
import type { ClaimState, ClaimTable } from './tables.ts';
import './tables.ts';

export type Claim = Selectable<ClaimTable>;

/** Locks it: one decision on a claim at a time. Throws `not-found` for another brand's and for none. */
export async function claimLock(tx: Tx, ctx: Ctx, id: string): Promise<Claim> {
  const row = await tx
    .selectFrom('liability_claim')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

export function claimList(
  db: Db | Tx,
  brand: string,
  filter: { customerId?: string | undefined; state?: ClaimState | undefined; before?: string | undefined },
): Promise<Claim[]> {
  return db
    .selectFrom('liability_claim')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** Tells the customer something of its claim. Returns the notice's id. */
export async function claimTell(
  tx: Tx,
  ctx: Ctx,
  claim: Pick<Claim, 'id' | 'customer_id'>,
  policy: Policy,
  notice: Pick<NoticeRequest, 'kind' | 'values'>,
): Promise<string> {
  const { id, user_id, email, locale } = await customerRead(tx, claim.customer_id);
  return noticeSend(tx, ctx, {
    ...notice,
    dedupe: `${notice.kind}:${claim.id}`,
    to: { customerId: id, userId: user_id, email, locale },
    terms: policy.parameters,
  });
}

/** How many claims of a customer are undecided. */
export async function claimsOpen(db: Db | Tx, customerId: string): Promise<number> {
  const { open } = await db
    .selectFrom('liability_claim')
    .select((e) => e.fn.countAll<bigint>().as('open'))
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['open', 'approving'])
    .executeTakeFirstOrThrow();
  return Number(open);
}
