import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customersByIds } from '#modules/identity/index.ts';
import { type NoticeRequest, noticeSendAll } from '#modules/notify/index.ts';
import type { Policy } from '#modules/terms/index.ts';
import type { Affected } from './outage-row.ts';

export type Telling = Pick<NoticeRequest, 'kind' | 'dedupe' | 'values'> & {
  customerId: string;
  /** What of the customer's it hit, whose responsible persons are told too. */
  subjects: readonly Pick<Affected, 'kind' | 'product'>[];
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
    tellings.map(({ customerId, subjects, policy, kind, dedupe, values }) => {
      const { id, user_id, email, locale } = customers.get(customerId)!;
      const to = { customerId: id, userId: user_id, email, locale };
      return { kind, dedupe, values, to, terms: policy.parameters, about: productsOf(subjects) };
    }),
  );
}

/** All that is sold as a service is a server; a package is of its metered product. */
function productsOf(subjects: Telling['subjects']): string[] {
  return [...new Set(subjects.map(({ kind, product }) => (kind === 'package' && product) || 'servers'))];
}
