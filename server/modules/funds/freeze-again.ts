import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { termsAccepted } from '#modules/terms/index.ts';
import { freezeLock } from './freeze-row.ts';
import './tables.ts';

/**
 * Frozen money that was to go back to its source came back to us: it is frozen as before, for staff to decide on anew.
 * The ledger has it under `customer_frozen` already. Returns the new freeze's id.
 */
export async function freezeAgain(tx: Tx, ctx: Ctx, freezeId: string, amount: Micro): Promise<string> {
  const freeze = await freezeLock(tx, ctx, freezeId);
  const id = newId();
  await tx
    .insertInto('funds_freeze')
    .values({ ...freeze, id, amount_micro: amount, state: 'held', scope: 'part', decided_at: ctx.now })
    .execute();
  const terms = await termsAccepted(tx, freeze.acceptance_id);
  await auditRecord(tx, ctx, {
    action: 'funds.held',
    subject: { kind: 'freeze', id },
    customerId: freeze.customer_id,
    clause: terms.clauseOf('fund_freeze'),
    facts: { amount: formatYuan(amount), returned: freezeId, reason: 'it could not be sent back' },
  });
  return id;
}
