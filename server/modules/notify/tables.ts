import type { ColumnType } from 'kysely';
import type { StaffChannel } from './channels.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    notify_notice: NoticeTable;
    notify_attempt: AttemptTable;
    notify_delivery: DeliveryTable;
    notify_delivery_attempt: DeliveryAttemptTable;
    notify_announcement: AnnouncementTable;
    notify_preference: PreferenceTable;
    notify_sandbox_mail: SandboxMailTable;
  }
}

export interface NoticeTable {
  id: string;
  brand: string;
  customer_id: string | null;
  user_id: string | null;
  kind: string;
  dedupe: string;
  /** Its first delivery, which stands in this row: by mail, or in the inbox alone; 'record': only by the others. */
  channel: 'email' | 'in-site' | 'record';
  address: string;
  locale: 'zh' | 'en';
  subject: string;
  body: string;
  secret: boolean;
  state: 'queued' | 'sent' | 'failed';
  created_at: Date;
  sent_at: Date | null;
  /** When it was opened in the inbox. */
  read_at: Date | null;
  /** By what staff tell when nothing that goes by itself got through. */
  otherwise: StaffChannel[] | null;
}

export interface AttemptTable {
  notice_id: string;
  number: number;
  at: Date;
  /** 'no-mailbox': mail was asked for, and there was none to send it to. */
  outcome: 'sent' | 'retry' | 'refused' | 'bounced' | 'no-mailbox';
  detail: string | null;
}

/** One notice's way by another channel than that in its own row. */
export interface DeliveryTable {
  id: string;
  notice_id: string;
  brand: string;
  channel: 'sms' | 'site' | StaffChannel;
  contact_id: string | null;
  /** In its place: the number that a code of room federation goes to. */
  phone_code_id: ColumnType<string | null, string | null | undefined, never>;
  announcement_id: string | null;
  address: string;
  template: string | null;
  vars: ColumnType<Record<string, string> | null, string | null, string | null>;
  body: string;
  state: 'queued' | 'open' | 'sent' | 'delivered' | 'failed';
  outcome: string | null;
  receipt: string | null;
  created_at: Date;
  sent_at: Date | null;
  ended_at: Date | null;
  query_at: Date | null;
  queries: ColumnType<number, number | undefined, number>;
}

export interface DeliveryAttemptTable {
  delivery_id: string;
  number: number;
  at: Date;
  outcome:
    | 'sent'
    | 'retry'
    | 'refused'
    | 'delivered'
    | 'undelivered'
    | 'reached'
    | 'no-answer'
    | 'wrong-contact';
  detail: string | null;
  staff_id: string | null;
}

export interface AnnouncementTable {
  id: string;
  brand: string;
  kind: string;
  dedupe: string;
  title_zh: string;
  title_en: string;
  body_zh: string;
  body_en: string;
  clause_id: string | null;
  from_at: Date;
  until_at: Date | null;
  posted_at: Date;
  posted_by: string | null;
}

export interface PreferenceTable {
  user_id: string;
  topic: string;
  channel: 'email' | 'sms';
  wanted: boolean;
  set_at: Date;
}

export interface SandboxMailTable {
  id: string;
  brand: string;
  sender: string;
  recipient: string;
  subject: string;
  body: string;
  at: Date;
  channel: ColumnType<'email' | 'sms', 'email' | 'sms' | undefined, never>;
}
