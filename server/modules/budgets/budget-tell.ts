import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import type { Budget } from './tables.ts';

export async function tell(
  tx: Tx,
  ctx: Ctx,
  budget: Budget,
  kind: 'budget-alert' | 'spending-stopped',
  what: string,
  values: Record<string, string | number>,
): Promise<string> {
  const { user_id: userId, email, locale } = await customerRead(tx, budget.customer_id);
  return noticeSend(tx, ctx, {
    kind,
    dedupe: `${kind}:${budget.id}:${what}`,
    to: { customerId: budget.customer_id, userId, email, locale },
    values,
    about: budget.product === null ? [] : [budget.product],
  });
}
