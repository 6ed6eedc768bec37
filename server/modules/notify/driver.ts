/** Mailer and SmsSender: the ports to a mail server and to a sender of short messages. */

export interface MailMessage {
  /** Our id of the message; becomes the Message-ID, so that a resend is recognised. */
  id: string;
  from: string;
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** True when mail lands in the development mailbox and nowhere else. */
  readonly sandbox: boolean;
  /** Resolves when the server took the message. Throws MailError. */
  send(message: MailMessage): Promise<void>;
}

/**
 * `permanent`: the address or message was refused for good (5xx); otherwise try again. `addressDead`: there is no such
 * mailbox, so no message gets there.
 */
export class MailError extends Error {
  readonly permanent: boolean;
  readonly addressDead: boolean;
  constructor(message: string, permanent: boolean, addressDead = false) {
    super(message);
    this.permanent = permanent;
    this.addressDead = addressDead;
  }
}

export interface SmsMessage {
  /** Ours; the sender gives it back with the report. */
  id: string;
  brand: string;
  locale: 'zh' | 'en';
  /** Eleven digits of mainland China. Never logged. */
  to: string;
  /** Which of our texts (wording/sms-texts.ts), and what stands in its places: at most 35 characters each. */
  template: string;
  vars: Record<string, string>;
}

export interface SmsAsked {
  id: string;
  to: string;
  receipt: string | null;
  /** When it was sent; reports are found by the day. */
  sentAt: Date;
}

/** `unknown`: the sender has no such message. `numberDead`: no message gets to this number. */
export type SmsReport =
  | { state: 'delivered' | 'waiting' | 'unknown'; code: string | null }
  | { state: 'undelivered'; code: string | null; numberDead: boolean };

export interface SmsSender {
  /** True when a local stand-in takes them. */
  readonly sandbox: boolean;
  /** Resolves when it was taken. Sent again with the same id it may arrive twice. Throws SmsError. */
  send(message: SmsMessage): Promise<{ receipt: string | null }>;
  /** What became of it. Throws SmsError. */
  report(asked: SmsAsked): Promise<SmsReport>;
}

/** Its message is the sender's code, without numbers. `permanent`: another try changes nothing. */
export class SmsError extends Error {
  readonly permanent: boolean;
  readonly numberDead: boolean;
  constructor(code: string, { permanent, numberDead }: { permanent: boolean; numberDead: boolean }) {
    super(code);
    this.permanent = permanent;
    this.numberDead = numberDead;
  }
}

declare module '#kernel/house.ts' {
  interface Ports {
    mailer: Mailer;
    sms: SmsSender;
  }
}
