/** Mailer: the port to a mail server. */

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

/** `permanent`: the address or message was refused for good (5xx); otherwise try again. */
export class MailError extends Error {
  readonly permanent: boolean;
  constructor(message: string, permanent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.permanent = permanent;
  }
}

declare module '#kernel/house.ts' {
  interface Ports {
    mailer: Mailer;
  }
}
