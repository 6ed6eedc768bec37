import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customersByIds } from '#modules/identity/index.ts';
import { type NoticeRequest, noticeSendAll } from '#modules/notify/index.ts';
import type { Policy } from '#modules/terms/index.ts';

export type Telling = Pick<NoticeRequest, 'kind' | 'dedupe' | 'values'> & {
  customerId: string;
  /** What holds for it, which says by which channels. */
  policy: Pick<Policy, 'parameters'>;
};

/** Tells customers, each in its language. Returns the notices' ids in turn. */
export async function tellCustomers(tx: Tx, ctx: Ctx, tellings: readonly Telling[]): Promise<string[]> {
  const ids = [...new Set(tellings.map(({ customerId }) => customerId))];
  const customers = new Map((await customersByIds(tx, ids)).map((customer) => [customer.id, customer]));
  return noticeSendAll(
    tx,
    ctx,
    tellings.map(({ customerId, policy, kind, dedupe, values }) => {
      const { id, user_id, email, locale } = customers.get(customerId)!;
      const to = { customerId: id, userId: user_id, email, locale };
      return { kind, dedupe, values, to, terms: policy.parameters };
    }),
  );
}
