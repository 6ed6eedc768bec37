import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { type NoticeRequest, noticeSend } from '#modules/notify/index.ts';
import type { WithdrawalPartTable, WithdrawalTable } from './tables.ts';
import './tables.ts';

export type Withdrawal = Selectable<WithdrawalTable>;
export type WithdrawalPart = Selectable<WithdrawalPartTable>;

/** Locks it: one act on a withdrawal at a time. Throws `not-found` for another brand's and for none. */
export async function withdrawalLock(tx: Tx, ctx: Ctx, id: string): Promise<Withdrawal> {
  const row = await tx
    .selectFrom('funds_withdrawal')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

export function withdrawalList(
  db: Db | Tx,
  brand: string,
  filter: {
    customerId?: string | undefined;
    state?: Withdrawal['state'] | undefined;
    before?: string | undefined;
  },
): Promise<Withdrawal[]> {
  return db
    .selectFrom('funds_withdrawal')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export async function partsOf(db: Db | Tx, withdrawalIds: string[]): Promise<WithdrawalPart[]> {
  if (withdrawalIds.length === 0) return [];
  return db
    .selectFrom('funds_withdrawal_part')
    .selectAll()
    .where('withdrawal_id', 'in', withdrawalIds)
    .orderBy('id')
    .execute();
}

export function withdrawalRecord(
  tx: Tx,
  ctx: Ctx,
  withdrawal: Withdrawal,
  action: string,
  facts: Record<string, unknown> = {},
): Promise<void> {
  return auditRecord(tx, ctx, {
    action: `withdrawal.${action}`,
    subject: { kind: 'withdrawal', id: withdrawal.id },
    customerId: withdrawal.customer_id,
    facts: { amount: formatYuan(withdrawal.amount_micro), ...facts },
  });
}

export async function withdrawalTell(
  tx: Tx,
  ctx: Ctx,
  withdrawal: Withdrawal,
  kind: Extract<NoticeRequest['kind'], 'withdrawal-refused' | 'withdrawal-paid' | 'withdrawal-failed'>,
  values: Record<string, string>,
): Promise<void> {
  const customer = await customerRead(tx, withdrawal.customer_id);
  await noticeSend(tx, ctx, {
    kind,
    dedupe: `${kind}:${withdrawal.id}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: { number: withdrawal.number, ...values },
  });
}

/** How many withdrawals of a customer haven't ended. */
export async function withdrawalsOpen(db: Db | Tx, customerId: string): Promise<number> {
  const { open } = await db
    .selectFrom('funds_withdrawal')
    .select((e) => e.fn.countAll<bigint>().as('open'))
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['requested', 'approving', 'sending'])
    .executeTakeFirstOrThrow();
  return Number(open);
}
