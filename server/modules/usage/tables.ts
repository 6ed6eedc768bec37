declare module '#kernel/db.ts' {
  interface Tables {
    billing_usage_payment: UsagePaymentTable;
    billing_arrears: ArrearsTable;
  }
}

export interface UsagePaymentTable {
  charge_id: string;
  brand: string;
  customer_id: string;
  meter_no: number;
  month: string;
  gift_micro: bigint;
  cash_micro: bigint;
  owed_micro: bigint;
  tax_micro: bigint;
  at: Date;
}

export interface ArrearsTable {
  customer_id: string;
  brand: string;
  began_at: Date;
}
