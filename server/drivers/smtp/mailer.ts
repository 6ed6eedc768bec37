import nodemailer, { type NodemailerError } from 'nodemailer';
import { MailError, type Mailer, type MailMessage } from '#modules/notify/driver.ts';

export interface SmtpConfig {
  /** smtp://user:password@host:587 or smtps://…:465; nodemailer's options may follow as a query. */
  url: string;
  /** "Name <box@example.com>" or the bare address; takes the place of each message's own sender. */
  from?: string;
  timeouts?: Partial<SmtpTimeouts>;
}

export interface SmtpTimeouts {
  /** Name lookup, connection and TLS together. Default 10 s. */
  connectMs: number;
  /** Silence of the server within a dialogue. Default 20 s. */
  silenceMs: number;
  /** The whole of one delivery, waiting for a free connection included. Default 60 s. */
  deliveryMs: number;
}

/** Mailer over SMTP (RFC 5321), with a few kept connections, which `close` ends. Throws Error for a bad address. */
export function smtpMailer(config: SmtpConfig): Mailer & { close(): void } {
  const timeouts = { connectMs: 10_000, silenceMs: 20_000, deliveryMs: 60_000, ...config.timeouts };
  const { protocol, hostname, username } = new URL(config.url);
  if (!/^smtps?:$/.test(protocol)) throw new Error("a mail server's address begins with smtp: or smtps:");
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  const transport = nodemailer.createTransport({
    url: config.url,
    pool: true,
    maxConnections: 3,
    maxRequeues: 1,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.connectMs,
    socketTimeout: timeouts.silenceMs,
    requireTLS: username !== '' && !local, // a password never crosses a network in the clear
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    sandbox: false,
    async send(message) {
      const mail = composed(message, config.from ?? message.from);
      try {
        await transport.sendMail({ ...mail, signal: AbortSignal.timeout(timeouts.deliveryMs) });
      } catch (error) {
        throw mailError(error as NodemailerError);
      }
    },
    close: () => transport.close(),
  };
}

interface Mailbox {
  name: string;
  address: string;
}

/**
 * Everything that becomes a header or an envelope line is checked here: a line break would add headers or
 * commands, and nodemailer reads "a@x, b@y" as two recipients. Throws MailError, permanent.
 */
function composed(message: MailMessage, sender: string) {
  const from = mailbox(sender, 'from');
  const to = { name: '', address: address(message.to, 'to') };
  if (/[\p{Cc}\u2028\u2029]/u.test(message.subject)) throw new MailError('subject: control characters', true);
  if (!/^[\w.-]{1,128}$/.test(message.id)) throw new MailError('id: not fit for a Message-ID', true);
  return {
    from,
    to,
    envelope: { from: from.address, to: [to.address] },
    subject: message.subject,
    text: message.text,
    messageId: `<${message.id}@${from.address.split('@')[1]}>`,
    headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no out-of-office answers
  };
}

function mailbox(text: string, field: string): Mailbox {
  const [, name, inner] = /^([^<>\p{Cc}]*)<([^<>]+)>$/u.exec(text) ?? [];
  return { name: (name ?? '').trim(), address: address(inner ?? text, field) };
}

/** One plain mailbox; neither lists, groups, routes nor quoted local parts. */
function address(text: string, field: string): string {
  const plain =
    text.length <= 254 && /^[^\s\p{Cc}"(),:;<>@[\\\]]{1,64}@[^\s\p{Cc}"(),:;<>@[\\\]]+$/u.test(text);
  if (!plain) throw new MailError(`${field}: not one plain mail address`, true);
  return text;
}

/**
 * Permanent is a 5xx to RCPT or to the message itself (RFC 5321 §4.2.1); a 5xx to the greeting, the login or our
 * own sender is a matter of configuration, which may be mended while the message waits. The server's text stays
 * out of the error, since it repeats addresses and errors reach the log.
 */
function mailError(error: NodemailerError): MailError {
  const { responseCode = 0, command = 'CONN', code = error.name } = error;
  const refused = responseCode >= 500 && responseCode < 600;
  const permanent = refused && /^(RCPT TO|DATA)/.test(command);
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})/.exec(error.response ?? '')?.[1] ?? '';
  const text = ['SMTP', code, command, responseCode || '', status].filter(Boolean).join(' ');
  return new MailError(text, permanent, command === 'RCPT TO' && mailboxDead(responseCode, status));
}

/** No such mailbox, moved, not allowed, or (RFC 3463) an address or mailbox that isn't there; not full, not policy. */
function mailboxDead(responseCode: number, status: string): boolean {
  return status === '' ? [550, 551, 553].includes(responseCode) : /^5\.(1\.[0-36]|2\.1)$/.test(status);
}
