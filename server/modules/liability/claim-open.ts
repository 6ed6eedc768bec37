import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { cashLocked } from '#modules/ledger/index.ts';
import { policyCited } from '#modules/terms/index.ts';
import { type About, type Cap, claimCap } from './cap.ts';
import { claimTell } from './claim-row.ts';
import { problem } from './rules.ts';
import './tables.ts';

/**
 * Puts a claim on record with the cap of the customer's terms and the lines that it comes from. More than the cap leaves
 * is refused at once, by the clause: `claim-above-cap`. Returns its id.
 */
export async function claimOpen(
  tx: Tx,
  ctx: Ctx,
  input: { about: About; amount: Micro; grounds: string },
): Promise<string> {
  const { about, amount, grounds } = input;
  // One claim of a customer at a time: two together may not have more than the cap.
  await cashLocked(tx, ctx, [about.customerId]);
  const found = await claimCap(tx, ctx, about);
  requireWithin(ctx, found, amount);
  const clause = found.policy.clauseOf('liability');
  const id = newId();
  await tx
    .insertInto('liability_claim')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: about.customerId,
      acceptance_id: found.acceptanceId,
      service_id: about.serviceId,
      product: about.product,
      order_id: about.orderId,
      by_staff: ctx.actor.kind === 'staff',
      amount_micro: amount,
      grounds,
      at: ctx.now,
      basis: found.basis.basis,
      clause_id: clause.clause,
      clause_version: clause.version,
      clause_hash: clause.sha256,
      cap_micro: found.cap,
      spent_micro: found.spent,
      lines: linesKept(found),
      state: 'open',
    })
    .execute();
  const notice = await claimTell(tx, ctx, { id, customer_id: about.customerId }, found.policy, {
    kind: 'claim-received',
    values: {
      about: found.label,
      amount: formatYuan(amount),
      cap: formatYuan(found.cap),
      clause: clause.clause,
    },
  });
  await auditRecord(tx, ctx, {
    action: 'claim.opened',
    subject: { kind: 'claim', id },
    customerId: about.customerId,
    clause,
    facts: {
      service: about.serviceId,
      product: about.product,
      order: about.orderId,
      amount: formatYuan(amount),
      cap: formatYuan(found.cap),
      granted_before: formatYuan(found.spent),
    },
    notices: [notice],
  });
  return id;
}

/** Throws `claim-above-cap` with the clause. */
export function requireWithin(ctx: Ctx, { cap, spent, policy }: Cap, amount: Micro): void {
  if (amount <= cap - spent) return;
  const clause = policyCited(ctx, policy, 'liability');
  const left = formatYuan(cap > spent ? cap - spent : 0n);
  throw problem['claim-above-cap']({ clause: clause.id, left }, { clause, left });
}

function linesKept({ lines }: Cap): string {
  return JSON.stringify(
    lines.map(({ paid, at, transactionId, ...line }) => ({
      ...line,
      at: at.toISOString(),
      paid: String(paid),
      transaction_id: transactionId,
    })),
  );
}
