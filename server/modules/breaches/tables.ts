declare module '#kernel/db.ts' {
  interface Tables {
    breaches_incident: IncidentTable;
    breaches_person: IncidentPersonTable;
  }
}

export type IncidentState = 'draft' | 'asked' | 'agreed' | 'told' | 'closed';

export interface IncidentTable {
  id: string;
  brand: string;
  title: string;
  happened: string;
  from_at: Date;
  to_at: Date | null;
  found_at: Date;
  due_at: Date;
  categories: string[];
  effects_zh: string;
  effects_en: string;
  remedy_zh: string;
  remedy_en: string;
  all_customers: boolean;
  state: IncidentState;
  recorded_by: string;
  recorded_at: Date;
  agreed_by: string | null;
  agreed_at: Date | null;
  untold_reason: string | null;
  authority: string | null;
  authority_reference: string | null;
  authority_told_at: Date | null;
  authority_told_by: string | null;
  closed_at: Date | null;
}

export interface IncidentPersonTable {
  incident_id: string;
  customer_id: string;
  told_at: Date | null;
  notice_id: string | null;
}
