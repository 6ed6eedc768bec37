import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { cashBalance, ledgerPostAll, requireCash } from '#modules/ledger/index.ts';
import { type Debt, owed, owedFor } from './debt-row.ts';
import { lateFeesAdd } from './late-fee.ts';
import { settlement } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A customer that owed something owes nothing any more: it was paid, or given up. */
    'debts.settled': { customerId: string };
    /** From the balance, in part or whole; source and sourceId name what was owed. */
    'debts.paid': { customerId: string; parts: DebtPart[] };
  }
}

/** What of a debt was paid. */
export interface DebtPart {
  debtId: string;
  source: string;
  sourceId: string;
  principal: Micro;
  fee: Micro;
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
  const payments = (await lateFeesAdd(tx, ctx, debts)).map((debt) => {
    const standing = owed(debt);
    const part = settlement(standing, left);
    const amount = part.principal + part.fee;
    left -= amount;
    return { debt, ...part, amount, closed: amount === standing.principal + standing.fee };
  });
  await debtsPay(
    tx,
    ctx,
    customerId,
    payments.filter(({ amount }) => amount > 0n),
  );
  if (payments.every(({ closed }) => closed)) await ctx.bus.emit(tx, ctx, 'debts.settled', { customerId });
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

interface Payment {
  debt: Debt;
  principal: Micro;
  fee: Micro;
  /** Of both. */
  amount: Micro;
  closed: boolean;
}

/** Who pays by use may owe for thousands of hours: all of them take as many round trips as one. */
async function debtsPay(tx: Tx, ctx: Ctx, customerId: string, payments: readonly Payment[]): Promise<void> {
  if (payments.length === 0) return;
  await debtsPaid(tx, ctx, payments);
  await ledgerPostAll(
    tx,
    ctx,
    payments.map(({ debt, principal, fee, amount }) => ({
      kind: 'debt-paid',
      source: 'debt-paid',
      sourceId: `${debt.id}:${debt.paid_micro + principal + debt.fee_paid_micro + fee}`,
      lines: [
        { account: { kind: 'customer_cash' as const, owner: customerId }, amount: -amount },
        { account: { kind: 'receivable' as const, owner: customerId }, amount },
      ],
      memo: { debt: debt.id },
    })),
  );
  await auditRecordAll(
    tx,
    ctx,
    payments.map(({ debt, principal, fee, closed }) => ({
      action: closed ? 'debt.settled' : 'debt.paid-in-part',
      subject: { kind: 'debt', id: debt.id },
      customerId,
      facts: { principal: formatYuan(principal), fee: formatYuan(fee) },
    })),
  );
  const parts = payments.map(({ debt: { id: debtId, source, source_id: sourceId }, principal, fee }) => ({
    ...{ debtId, source, sourceId },
    ...{ principal, fee },
  }));
  await ctx.bus.emit(tx, ctx, 'debts.paid', { customerId, parts });
}

async function debtsPaid(tx: Tx, ctx: Ctx, payments: readonly Payment[]): Promise<void> {
  const paid = payments.map(({ debt, principal }) => String(debt.paid_micro + principal));
  const feePaid = payments.map(({ debt, fee }) => String(debt.fee_paid_micro + fee));
  // Without principal no fee grows.
  await sql`update debts_debt d set paid_micro = n.paid, fee_paid_micro = n.fee_paid,
      closed_at = case when n.closed then ${ctx.now}::timestamptz end,
      fee_due_at = case when n.paid < d.amount_micro then d.fee_due_at end
    from unnest(${payments.map(({ debt }) => debt.id)}::uuid[], ${paid}::bigint[], ${feePaid}::bigint[],
      ${payments.map(({ closed }) => closed)}::boolean[]) as n (id, paid, fee_paid, closed)
    where d.id = n.id`.execute(tx);
}
