import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { approvalRequest } from '#modules/approvals/index.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { type Debt, owed, owedBy } from './debt-row.ts';
import { lateFeeAdd } from './late-fee.ts';
import { problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** All that was left of it; source and sourceId name what was owed. */
    'debt.given-up': { customerId: string; source: string; sourceId: string };
  }
}

export const WRITE_OFF_ACT = 'debts.write-off';

/** Asks a colleague to give up what is left of a debt. */
export async function writeOffAsk(tx: Tx, ctx: Ctx, input: { id: string; reason: string }): Promise<void> {
  const debt = await debtLock(tx, ctx, input.id);
  if (debt.closed_at) throw problem['debt-closed']();
  const { principal, fee } = owed(debt);
  await approvalRequest(tx, ctx, {
    act: WRITE_OFF_ACT,
    area: 'money',
    subject: { kind: 'debt', id: debt.id },
    customerId: debt.customer_id,
    payload: { principal: formatYuan(principal), fee: formatYuan(fee) },
    reason: input.reason,
  });
}

/** A second member of the staff agreed: all that is left by now is given up, and no fee grows any more. */
export async function writeOff(tx: Tx, ctx: Ctx, input: { id: string; reason: string }): Promise<void> {
  const locked = await debtLock(tx, ctx, input.id);
  if (locked.closed_at) throw problem['debt-closed']();
  const debt = await lateFeeAdd(tx, ctx, locked);
  const { principal, fee } = owed(debt);
  const amount = principal + fee;
  await tx
    .updateTable('debts_debt')
    .set({ written_off_micro: amount, closed_at: ctx.now, fee_due_at: null })
    .where('id', '=', debt.id)
    .execute();
  await ledgerPost(tx, ctx, {
    kind: 'debt-written-off',
    source: 'debt-written-off',
    sourceId: debt.id,
    lines: [
      { account: { kind: 'receivable', owner: debt.customer_id }, amount },
      { account: { kind: 'written_off', owner: 'all' }, amount: -amount },
    ],
    memo: { debt: debt.id },
  });
  await auditRecord(tx, ctx, {
    action: 'debt.written-off',
    subject: { kind: 'debt', id: debt.id },
    customerId: debt.customer_id,
    facts: { principal: formatYuan(principal), fee: formatYuan(fee), reason: input.reason },
  });
  const { customer_id: customerId, source, source_id: sourceId } = debt;
  await ctx.bus.emit(tx, ctx, 'debt.given-up', { customerId, source, sourceId });
  if ((await owedBy(tx, ctx.brand.id, customerId, ctx.now)) === 0n)
    await ctx.bus.emit(tx, ctx, 'debts.settled', { customerId });
}

async function debtLock(tx: Tx, ctx: Ctx, id: string): Promise<Debt> {
  const row = await tx
    .selectFrom('debts_debt')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}
