import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    billing_gift: GiftTable;
    billing_gift_use: GiftUseTable;
  }
}

export interface GiftTable {
  id: string;
  brand: string;
  customer_id: string;
  name: unknown;
  amount_micro: bigint;
  left_micro: bigint;
  products: string[];
  expires_at: Date;
  expired_at: Date | null;
  reason: string;
  granted_by: string;
  created_at: Date;
}

export interface GiftUseTable {
  gift_id: string;
  source: string;
  source_id: string;
  amount_micro: bigint;
  returned_micro: Generated<bigint>;
}
