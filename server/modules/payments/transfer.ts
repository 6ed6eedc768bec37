import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import type { PaymentState, PaymentTable } from './tables.ts';
import './tables.ts';

/** What the room of bank transfers asks of a payment whose channel is our bank account. */

export type TransferPayment = Selectable<PaymentTable>;

/** Its row, locked; `not-found` when it is no transfer of this brand, or (with `customerId`) somebody else's. */
export async function transferLocked(
  tx: Tx,
  ctx: Ctx,
  id: string,
  customerId?: string,
): Promise<TransferPayment> {
  const payment = await tx
    .selectFrom('payments_payment')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .where('channel', '=', 'bank-transfer')
    .$if(customerId !== undefined, (q) => q.where('customer_id', '=', customerId!))
    .forUpdate()
    .executeTakeFirst();
  if (!payment) throw kernelProblem['not-found']();
  return payment;
}

/** It has a proof: it doesn't lapse, staff decide. */
export async function transferKeep(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('payments_payment').set({ query_at: null }).where('id', '=', id).execute();
}

/** Nobody proved it, or staff refused it; money that comes all the same is credited to it. */
export async function transferClose(
  tx: Tx,
  ctx: Ctx,
  payment: TransferPayment,
  reason: string,
): Promise<void> {
  await tx
    .updateTable('payments_payment')
    .set({ state: 'closed', closed_reason: reason, query_at: null })
    .where('id', '=', payment.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'payment.closed',
    subject: { kind: 'payment', id: payment.id },
    customerId: payment.customer_id,
    facts: { channel: payment.channel, reason },
  });
}

/** Newest first. */
export function transferList(
  db: Db | Tx,
  brand: string,
  filter: {
    ids?: string[];
    state?: PaymentState | undefined;
    before?: string | undefined;
    limit: number;
  },
): Promise<TransferPayment[]> {
  return db
    .selectFrom('payments_payment')
    .selectAll()
    .where('brand', '=', brand)
    .where('channel', '=', 'bank-transfer')
    .$if(filter.ids !== undefined, (q) => q.where('id', 'in', filter.ids!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .execute();
}

/** Those not credited yet that have one of the references, or wait for one of the amounts. */
export function transfersLike(
  db: Db | Tx,
  brand: string,
  like: { references: string[]; amounts: bigint[] },
): Promise<TransferPayment[]> {
  const { references, amounts } = like;
  if (references.length + amounts.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('payments_payment')
    .selectAll()
    .where('brand', '=', brand)
    .where('channel', '=', 'bank-transfer')
    .where('state', 'in', ['pending', 'closed'])
    .where((e) =>
      e.or([
        ...(references.length > 0 ? [e('out_trade_no', 'in', references)] : []),
        ...(amounts.length > 0
          ? [e.and([e('state', '=', 'pending'), e('amount_micro', 'in', amounts)])]
          : []),
      ]),
    )
    .orderBy('id', 'desc')
    .limit(500)
    .execute();
}
