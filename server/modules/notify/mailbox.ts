import type { Clock } from '#kernel/clock.ts';
import type { Db } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Mailer } from './driver.ts';
import './tables.ts';

/** The mailer of a development deployment: mail is kept for the mailbox page, and goes nowhere else. */
export function mailboxMailer(db: Db, clock: Clock, brandOf: (from: string) => string): Mailer {
  return {
    sandbox: true,
    async send(message) {
      await db
        .insertInto('notify_sandbox_mail')
        .values({
          id: newId(),
          brand: brandOf(message.from),
          sender: message.from,
          recipient: message.to,
          subject: message.subject,
          body: message.text,
          at: clock.now(),
        })
        .execute();
    },
  };
}

/** What the SMS stand-in delivers, for the same page; `sign` is the brand's. */
export function mailboxSms(
  db: Db,
  clock: Clock,
  brandOf: (sign: string) => string,
): (sms: { to: string; sign: string; text: string }) => Promise<void> {
  return async ({ to, sign, text }) => {
    await db
      .insertInto('notify_sandbox_mail')
      .values({
        id: newId(),
        brand: brandOf(sign),
        sender: sign,
        recipient: to,
        subject: text,
        body: text,
        at: clock.now(),
        channel: 'sms',
      })
      .execute();
  };
}
