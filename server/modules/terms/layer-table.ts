import type { ColumnType } from 'kysely';
import type { LocalizedText } from '#kernel/text.ts';
import type { Parameters } from '#modules/figures/index.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    terms_layer: LayerTable;
  }
}

export interface LayerTable {
  id: string;
  brand: string;
  layer: 'attachment' | 'service-contract' | 'order-page';
  customer_id: string;
  service_id: string | null;
  number: string;
  sha256: string;
  title: ColumnJson<LocalizedText>;
  parameters: ColumnJson<Partial<Parameters>>;
  clauses: ColumnJson<{ id: string; text: string }[]>;
  from_at: Date;
  to_at: Date | null;
  ended_at: Date | null;
  recorded_at: Date;
}

type ColumnJson<T> = ColumnType<T, string, never>;
