import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { cashBalance, ledgerPost, requireCash } from '#modules/ledger/index.ts';
import { type Debt, owed, owedFor } from './debt-row.ts';
import { lateFeeAdd } from './late-fee.ts';
import { settlement } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A customer that owed something owes nothing any more: it was paid, or given up. */
    'debts.settled': { customerId: string };
    /** From the balance, in part or whole; source and sourceId name what was owed. */
    'debt.paid': {
      debtId: string;
      customerId: string;
      source: string;
      sourceId: string;
      principal: Micro;
      fee: Micro;
    };
  }
}

/**
 * Uses what is in the balance for what is owed, the oldest debt first; fees of the days that are over are added before.
 * What isn't due yet waits. Returns what was used.
 */
export async function debtsSettle(tx: Tx, ctx: Ctx, customerId: string): Promise<Micro> {
  const debts = await debtsDue(tx, ctx, customerId);
  if (debts.length === 0) return 0n;
  await requireCash(tx, ctx, customerId, 0n); // locks it
  const cash = await cashBalance(tx, ctx.brand.id, customerId);
  let left = cash;
  let open = 0;
  for (const debt of debts) {
    const now = await lateFeeAdd(tx, ctx, debt);
    const used = await debtPay(tx, ctx, now, left);
    left -= used;
    const { principal, fee } = owed(now);
    if (used < principal + fee) open++;
  }
  if (open === 0) await ctx.bus.emit(tx, ctx, 'debts.settled', { customerId });
  return cash - left;
}

function debtsDue(tx: Tx, ctx: Ctx, customerId: string): Promise<Debt[]> {
  return tx
    .selectFrom('debts_debt')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('customer_id', '=', customerId)
    .where('closed_at', 'is', null)
    .where((e) => e.or([e('settle_from', 'is', null), e('settle_from', '<=', ctx.now)]))
    .orderBy('opened_at')
    .orderBy('id')
    .forUpdate()
    .execute();
}

/**
 * The customer wants what a charge left unpaid settled before it is due: with what is in the balance now, and with the
 * money that comes in next. What is due already goes first. Returns what of it is still unpaid.
 */
export async function debtSettleNow(
  tx: Tx,
  ctx: Ctx,
  of: { customerId: string; source: string; sourceId: string },
): Promise<Micro> {
  await tx
    .updateTable('debts_debt')
    .set({ settle_from: ctx.now })
    .where('source', '=', of.source)
    .where('source_id', '=', of.sourceId)
    .where('settle_from', '>', ctx.now)
    .execute();
  await debtsSettle(tx, ctx, of.customerId);
  return owedFor(tx, of.source, of.sourceId);
}

async function debtPay(tx: Tx, ctx: Ctx, debt: Debt, cash: Micro): Promise<Micro> {
  const standing = owed(debt);
  const part = settlement(standing, cash);
  const amount = part.principal + part.fee;
  if (amount === 0n) return 0n;
  const paid = debt.paid_micro + part.principal;
  const closed = amount === standing.principal + standing.fee;
  await tx
    .updateTable('debts_debt')
    .set({
      paid_micro: paid,
      fee_paid_micro: debt.fee_paid_micro + part.fee,
      closed_at: closed ? ctx.now : null,
      // Without principal no fee grows.
      fee_due_at: paid === debt.amount_micro ? null : debt.fee_due_at,
    })
    .where('id', '=', debt.id)
    .execute();
  await ledgerPost(tx, ctx, {
    kind: 'debt-paid',
    source: 'debt-paid',
    sourceId: `${debt.id}:${paid + debt.fee_paid_micro + part.fee}`,
    lines: [
      { account: { kind: 'customer_cash', owner: debt.customer_id }, amount: -amount },
      { account: { kind: 'receivable', owner: debt.customer_id }, amount },
    ],
    memo: { debt: debt.id },
  });
  await auditRecord(tx, ctx, {
    action: closed ? 'debt.settled' : 'debt.paid-in-part',
    subject: { kind: 'debt', id: debt.id },
    customerId: debt.customer_id,
    facts: { principal: formatYuan(part.principal), fee: formatYuan(part.fee) },
  });
  await ctx.bus.emit(tx, ctx, 'debt.paid', {
    debtId: debt.id,
    customerId: debt.customer_id,
    source: debt.source,
    sourceId: debt.source_id,
    ...part,
  });
  return amount;
}
