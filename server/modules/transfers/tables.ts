declare module '#kernel/db.ts' {
  interface Tables {
    transfers_slip: SlipTable;
    transfers_receipt: ReceiptTable;
    transfers_statement: StatementTable;
  }
}

export interface SlipTable {
  id: string;
  payment_id: string;
  payer_name: string;
  /** Natural day. */
  transferred_on: string;
  media_type: 'image/png' | 'image/jpeg' | 'application/pdf';
  content: Buffer;
  sha256: string;
  created_at: Date;
}

export interface ReceiptTable {
  id: string;
  brand: string;
  account: string;
  bank_reference: string;
  amount_micro: bigint;
  received_on: string;
  payer_name: string;
  memo: string;
  statement_id: string | null;
  state: 'held' | 'credited' | 'returned';
  payment_id: string | null;
  created_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  decision_reason: string | null;
}

export interface StatementTable {
  id: string;
  brand: string;
  account: string;
  sha256: string;
  rows: number;
  known: number;
  imported_at: Date;
  imported_by: string;
}
