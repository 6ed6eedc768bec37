import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    uptime_spell: SpellTable;
    uptime_draft: DraftTable;
  }
}

export interface SpellTable {
  node_id: string;
  from_at: Date;
  until_at: Date;
  answers: boolean;
}

export interface DraftTable {
  id: string;
  brand: string;
  node_id: string;
  from_at: Date;
  until_at: Date | null;
  lost_sight: Generated<boolean>;
  others_answered: number;
  opened_at: Date;
  state: 'open' | 'confirmed' | 'dismissed';
  decided_at: Date | null;
  decided_by: string | null;
  reason: string | null;
  outage_id: string | null;
  book_ended_at: Date | null;
}
