import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { problem as common } from '#kernel/problem.ts';
import { autoRenewSet, policyOn, serviceFind } from '#modules/lifecycle/index.ts';
import { policyCited, policyOf } from '#modules/terms/index.ts';
import { creditOf } from './bill-row.ts';
import { problem } from './rules.ts';

/**
 * The customer has a service renewed by bills (so many months each), or no longer (null): then it isn't renewed by itself
 * at all. Throws `no-bills` with the clause where nobody allowed it, and what `autoRenewSet` throws.
 */
export async function billChoose(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; serviceId: string; months: number | null },
): Promise<void> {
  const service = await serviceFind(tx, ctx, input.customerId, input.serviceId);
  if (!service) throw common['not-found']();
  const { months } = input;
  if (months === null) return autoRenewSet(tx, ctx, { serviceId: service.id, months: null });
  const policy = await policyOf(tx, policyOn(service), ctx.now);
  if (!policy.parameters.bills) throw problem['no-bills']();
  if (!(await creditOf(tx, ctx.brand.id, input.customerId)))
    throw problem['no-bills']({}, { clause: policyCited(ctx, policy, 'bills') });
  await autoRenewSet(tx, ctx, { serviceId: service.id, months, by: 'bill' });
}
