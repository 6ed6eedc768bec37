import type { Selectable } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import { referencesIn, type TransferPayment, transfersLike } from '#modules/payments/index.ts';
import { likeness } from './rules.ts';
import type { ReceiptTable, SlipTable } from './tables.ts';
import './tables.ts';

export type Receipt = Selectable<ReceiptTable>;
export type SlipFacts = Omit<Selectable<SlipTable>, 'content'>;

/** Slips without their content, newest first, by payment. */
export async function slipsOf(db: Db | Tx, paymentIds: string[]): Promise<Map<string, SlipFacts[]>> {
  if (paymentIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('transfers_slip')
    .select(['id', 'payment_id', 'payer_name', 'transferred_on', 'media_type', 'sha256', 'created_at'])
    .where('payment_id', 'in', paymentIds)
    .orderBy('created_at', 'desc')
    .execute();
  return Map.groupBy(rows, (row) => row.payment_id);
}

/** The newest slip of a payment, or the one named. */
export function slipContent(db: Db | Tx, paymentId: string, slipId: string) {
  return db
    .selectFrom('transfers_slip')
    .select(['id', 'media_type', 'content'])
    .where('payment_id', '=', paymentId)
    .where('id', '=', slipId)
    .executeTakeFirst();
}

export function receiptList(
  db: Db | Tx,
  brand: string,
  filter: { state?: ReceiptTable['state'] | undefined; before?: string | undefined; limit: number },
): Promise<Receipt[]> {
  return db
    .selectFrom('transfers_receipt')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .execute();
}

export interface Suggestion {
  receiptId: string;
  paymentId: string;
  /** The memo has the reference; the amounts agree; the payer's name is the one that the customer gave. */
  reference: boolean;
  amount: boolean;
  payer: boolean;
}

/** Which announced transfer each held receipt may be, the likeliest first; a hint for staff, never an act. */
export async function suggestions(db: Db | Tx, brand: string, receipts: Receipt[]): Promise<Suggestion[]> {
  const held = receipts.filter((receipt) => receipt.state === 'held');
  const payments = await transfersLike(db, brand, {
    references: [...new Set(held.flatMap((receipt) => referencesIn(receipt.memo)))],
    amounts: [...new Set(held.map((receipt) => receipt.amount_micro))],
  });
  const slips = await slipsOf(
    db,
    payments.map((payment) => payment.id),
  );
  return held.flatMap((receipt) => {
    const found = payments.map((payment) => suggested(receipt, payment, slips.get(payment.id)?.[0]));
    return found
      .filter((one) => one.reference || one.amount)
      .sort((a, b) => likeness(b) - likeness(a))
      .slice(0, 5);
  });
}

function suggested(receipt: Receipt, payment: TransferPayment, slip: SlipFacts | undefined): Suggestion {
  return {
    receiptId: receipt.id,
    paymentId: payment.id,
    reference: referencesIn(receipt.memo).includes(payment.out_trade_no),
    amount: receipt.amount_micro === payment.amount_micro,
    payer: slip !== undefined && slip.payer_name === receipt.payer_name,
  };
}

/** How many receipts wait for staff. */
export async function heldReceipts(db: Db | Tx, brand: string): Promise<number> {
  const { count } = await db
    .selectFrom('transfers_receipt')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('brand', '=', brand)
    .where('state', '=', 'held')
    .executeTakeFirstOrThrow();
  return Number(count);
}
