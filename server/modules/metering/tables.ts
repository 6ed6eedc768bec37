import type { Generated } from 'kysely';
import type { MeterKind } from '#modules/catalogue/index.ts';
import type { QuarantineReason, Settlement } from './rules.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    metering_meter: MeterTable;
    metering_tariff: TariffTable;
    metering_subject: SubjectTable;
    metering_token: TokenTable;
    metering_source: SourceTable;
    metering_batch: BatchTable;
    metering_event: EventTable;
    metering_quarantine: QuarantineTable;
    metering_reading: ReadingTable;
    metering_sample: SampleTable;
    metering_level: LevelTable;
    metering_correction: CorrectionTable;
    metering_package: PackageTable;
    metering_month: MonthTable;
    metering_charge: ChargeTable;
    metering_charged: ChargedTable;
  }
}

export interface MeterTable {
  no: Generated<number>;
  brand: string;
  product: string;
  name: string;
  event: string;
  kind: MeterKind;
  settle: Settlement;
  definition: unknown;
}

export interface TariffTable {
  no: Generated<number>;
  brand: string;
  product: string;
  version: string;
  sha256: string;
  effective_at: Date;
  document: unknown;
}

export interface SubjectTable {
  no: Generated<number>;
  brand: string;
  product: string;
  name: string;
  customer_id: string;
  acceptance_id: string;
  opened_at: Date;
  closed_at: Date | null;
}

export interface TokenTable {
  id: string;
  brand: string;
  name: string;
  hash: Buffer;
  created_at: Date;
  created_by: string | null;
  revoked_at: Date | null;
}

export interface SourceTable {
  no: Generated<number>;
  brand: string;
  name: string;
}

export interface BatchTable {
  no: Generated<bigint>;
  brand: string;
  token_id: string | null;
  received_at: Date;
  accepted: number;
  gathered_at: Date | null;
}

export interface EventTable {
  source_no: number;
  id: string;
  part: number;
  meter_no: number;
  subject_no: number;
  at: Date;
  value: bigint | null;
  key: string | null;
  batch_no: bigint;
}

export interface QuarantineTable {
  id: string;
  brand: string;
  source: string;
  event_id: string;
  type: string;
  subject: string;
  at: Date;
  reason: QuarantineReason;
  event: unknown;
  received_at: Date;
  state: 'held' | 'released' | 'refused';
  decided_at: Date | null;
  decided_by: string | null;
  note: string | null;
}

/** Quantities are numeric: strings here, `BigInt` where they are counted with. */
export interface ReadingTable {
  customer_id: string;
  meter_no: number;
  subject_no: number;
  slot: Date;
  ends_at: Date;
  measured: Generated<string>;
  corrected: Generated<string>;
  charged: Generated<string>;
  due_at: Date;
  late: Generated<boolean>;
  /** Since when it waits for staff: what it would cost is beyond belief. */
  held_at: Date | null;
}

export interface SampleTable {
  subject_no: number;
  meter_no: number;
  slot: Date;
  quantity: string;
}

export interface LevelTable {
  subject_no: number;
  meter_no: number;
  filled_to: Date;
  due_at: Date | null;
}

export interface CorrectionTable {
  id: string;
  brand: string;
  customer_id: string;
  meter_no: number;
  subject_no: number;
  slot: Date;
  quantity: string;
  reason: string;
  staff_id: string;
  at: Date;
}

export interface PackageTable {
  id: string;
  brand: string;
  customer_id: string;
  meter_no: number;
  name: string;
  quantity: string;
  used: Generated<string>;
  /** Of the quantity: it went back with its price. */
  given_back: Generated<string>;
  price_micro: bigint;
  earned_micro: Generated<bigint>;
  starts_at: Date;
  ends_at: Date;
  due_at: Date | null;
}

export interface MonthTable {
  customer_id: string;
  meter_no: number;
  month: string;
  state: unknown;
  charged_micro: bigint;
}

export interface ChargeTable {
  id: string;
  brand: string;
  customer_id: string;
  meter_no: number;
  product: string;
  month: string;
  kind: 'usage' | 'adjustment';
  period_start: Date;
  period_end: Date;
  quantity: string;
  amount_micro: bigint;
  size: string;
  carried_in: string;
  carried_out: string;
  parts: unknown;
  at: Date;
}

export interface ChargedTable {
  charge_id: string;
  subject_no: number;
  slot: Date;
  quantity: string;
}
