import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { serviceEndBy, servicesByIds } from '#modules/lifecycle/index.ts';
import { packagesHeld } from '#modules/metering/index.ts';
import { packageEnd } from '#modules/usage/index.ts';
import { policiesFor } from './consequences.ts';
import { problem } from './rules.ts';
import './tables.ts';

/**
 * The customer ends what was down for too long (七牛云 8.2); what isn't consumed goes back. A right is used once, and ends
 * with what it is about. Returns what came back. Throws `end-right-missing`, and `not-found` for
 * what isn't the customer's.
 */
export async function endRightUse(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; subjectId: string },
): Promise<Micro> {
  const rights = await tx
    .selectFrom('outages_end_right')
    .selectAll()
    .where('subject_id', '=', input.subjectId)
    .where('customer_id', '=', input.customerId)
    .where('brand', '=', ctx.brand.id)
    .orderBy('at')
    .forUpdate()
    .execute();
  const right = rights[0];
  if (!right)
    throw (await isTheirs(tx, ctx, input)) ? problem['end-right-missing']() : kernelProblem['not-found']();
  if (rights.some(({ used_at }) => used_at !== null)) throw problem['end-right-missing']();
  const subject = await tx
    .selectFrom('outages_affected')
    .selectAll()
    .where('outage_id', '=', right.outage_id)
    .where('subject_id', '=', right.subject_id)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const [policy] = await policiesFor(tx, [subject], right.since);
  const clause = policy!.clauseOf('sla');
  const common = { clause, reason: 'down for too long', notices: [right.notice_id] };
  const refunded =
    subject.kind === 'service'
      ? await serviceEndBy(tx, ctx, {
          ...common,
          serviceId: subject.subject_id,
          by: 'agreement',
          refund: 'unconsumed',
          wipe: 'retention',
        })
      : await packageEnd(tx, ctx, { ...common, packageId: subject.subject_id });
  if (refunded === null) throw problem['end-right-missing']();
  await tx
    .updateTable('outages_end_right')
    .set({ used_at: ctx.now, refunded_micro: refunded })
    .where('outage_id', '=', right.outage_id)
    .where('subject_id', '=', right.subject_id)
    .execute();
  return refunded;
}

async function isTheirs(
  tx: Tx,
  ctx: Ctx,
  { customerId, subjectId }: { customerId: string; subjectId: string },
): Promise<boolean> {
  const [service] = await servicesByIds(tx, ctx.brand.id, [subjectId]);
  if (service) return service.customer_id === customerId;
  return (await packagesHeld(tx, ctx.brand.id, customerId)).some(({ id }) => id === subjectId);
}
