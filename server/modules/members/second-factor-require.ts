import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { factorAsked, requireStepUp } from '#modules/factors/index.ts';
import { secondFactorRequired, secondFactorSet, sessionFactorAt } from '#modules/identity/index.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Everybody in the customer has to show a second factor from now on; those who didn't say so are told. */
    'members.second-factor-required': { customerId: string; by: string };
  }
}

/**
 * The owner asks a second factor of everybody in the customer, or no longer does: from the next request on, whoever's
 * session has shown none gets no further than to setting one up. API keys and staff who visit aren't asked. Throws
 * `prove-again`, `factor-asked` where the owner has shown none either.
 */
export async function secondFactorRequire(tx: Tx, ctx: Ctx, required: boolean): Promise<void> {
  const { customerId, sessionId, userId } = customerOf(ctx);
  await requireStepUp(tx, ctx);
  if (required && !(await sessionFactorAt(tx, sessionId))) throw factorAsked();
  const before = await secondFactorRequired(tx, customerId);
  if (before === required) return;
  await secondFactorSet(tx, customerId, required);
  await auditRecord(tx, ctx, {
    action: required ? 'customer.second-factor-required' : 'customer.second-factor-optional',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { before: { required: before }, after: { required } },
  });
  if (required) await ctx.bus.emit(tx, ctx, 'members.second-factor-required', { customerId, by: userId });
}
