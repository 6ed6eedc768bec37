import type { ColumnType } from 'kysely';
import type { Parameters } from '#modules/terms/index.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    negotiated_contract: ContractTable;
    negotiated_file: FileTable;
  }
}

type Json<T> = ColumnType<T, string, never>;

export interface ContractTable {
  id: string;
  brand: string;
  customer_id: string;
  service_id: string | null;
  kind: 'service-contract' | 'attachment';
  parent_id: string | null;
  number: string;
  title: string;
  parameters: Json<Partial<Parameters>>;
  clauses: Json<{ id: string; text: string }[]>;
  /** Natural days of the brand, both counted in. */
  valid_from: string;
  valid_to: string | null;
  file_name: string;
  media_type: 'application/pdf' | 'application/ofd';
  sha256: string;
  state: 'waiting' | 'agreed' | 'refused' | 'ended';
  recorded_by: string;
  recorded_at: Date;
  decided_at: Date | null;
  layer_id: string | null;
  ended_at: Date | null;
  end_reason: string | null;
}

export interface FileTable {
  contract_id: string;
  bytes: Buffer;
}
