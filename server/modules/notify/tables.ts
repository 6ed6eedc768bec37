declare module '#kernel/db.ts' {
  interface Tables {
    notify_notice: NoticeTable;
    notify_attempt: AttemptTable;
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
  channel: 'email';
  address: string;
  locale: 'zh' | 'en';
  subject: string;
  body: string;
  secret: boolean;
  state: 'queued' | 'sent' | 'failed';
  created_at: Date;
  sent_at: Date | null;
}

export interface AttemptTable {
  notice_id: string;
  number: number;
  at: Date;
  outcome: 'sent' | 'retry' | 'refused';
  detail: string | null;
}

export interface SandboxMailTable {
  id: string;
  brand: string;
  sender: string;
  recipient: string;
  subject: string;
  body: string;
  at: Date;
}
