import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    catalogue_version: CatalogueVersionTable;
    catalogue_held: HeldTable;
    catalogue_taken: TakenTable;
    catalogue_coupon: CouponTable;
    catalogue_coupon_customer: CouponCustomerTable;
    catalogue_redemption: RedemptionTable;
    catalogue_price_move: PriceMoveTable;
    catalogue_recurring: RecurringTable;
  }
}

export interface CatalogueVersionTable {
  id: string;
  brand: string;
  sha256: string;
  document: unknown;
  effective_at: Date;
  source: Generated<'file' | 'import'>;
  /** Whether services that run move to its prices. */
  running: Generated<'keep' | 'move'>;
  published_at: Date | null;
}

export interface HeldTable {
  brand: string;
  version_id: string;
}

export interface TakenTable {
  brand: string;
  plan: string;
  region: string;
  taken: number;
}

export interface CouponTable {
  id: string;
  brand: string;
  code: string;
  name: unknown;
  kind: 'percent' | 'fixed';
  basis_points: number | null;
  amount_micro: bigint | null;
  products: string[];
  plans: string[];
  first_order: boolean;
  renewals: boolean;
  starts_at: Date;
  ends_at: Date | null;
  per_customer: number | null;
  in_all: number | null;
  used: Generated<number>;
  created_at: Date;
  created_by: string;
  disabled_at: Date | null;
}

export interface CouponCustomerTable {
  coupon_id: string;
  customer_id: string;
  used: number;
  most: number | null;
}

export interface RedemptionTable {
  id: string;
  coupon_id: string;
  customer_id: string;
  amount_micro: bigint;
  at: Date;
  returned_at: Date | null;
}

export interface PriceMoveTable {
  service_id: string;
  version_id: string;
  brand: string;
  from_micro: bigint;
  to_micro: bigint;
  from_at: Date;
  told_at: Date;
  settled_at: Date | null;
}

export interface RecurringTable {
  service_id: string;
  coupon_id: string;
  customer_id: string;
  since: Date;
}
