import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    moves_move: MoveTable;
    moves_told: ToldTable;
  }
}

export interface MoveTable {
  id: string;
  brand: string;
  kind: 'planned' | 'bad-node';
  node_id: string | null;
  services: string[];
  /** LocalizedText. */
  destination: unknown;
  reason: string;
  from_at: Date;
  until_at: Date;
  state: 'scheduled' | 'cancelled' | 'done';
  /** Counts the windows; each was told. */
  window_no: Generated<number>;
  new_address: Generated<string | null>;
  old_address: Generated<string | null>;
  created_by: string;
  created_at: Date;
  ended_at: Generated<Date | null>;
}

export type Telling = 'announced' | 'changed' | 'cancelled' | 'done';

export interface ToldTable {
  move_id: string;
  service_id: string;
  what: Telling;
  window_no: number;
  customer_id: string;
  clause_id: string | null;
  notice_id: string;
  from_at: Date;
  until_at: Date;
  at: Date;
}
