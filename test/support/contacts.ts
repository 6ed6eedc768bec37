import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { smtpMailer } from '#drivers/smtp/mailer.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';

/** What came by SMS to this number, the newest first. */
export async function smsTo(customer: StoryCustomer, phone: string): Promise<string[]> {
  const { items } = await ok(customer.api.GET('/api/v1/dev/mailbox'));
  return items.filter(({ channel, to }) => channel === 'sms' && to === phone).map(({ body }) => body);
}

/** The customer's phone, verified by the code that goes there. */
export async function verifyPhone(world: World, customer: StoryCustomer, phone: string): Promise<void> {
  const { id } = await ok(customer.api.POST('/api/v1/account/contacts/phone', { body: { phone } }));
  await world.drain();
  const [text = ''] = await smsTo(customer, phone);
  const code = /\d{6}/.exec(text)?.[0] ?? '';
  const params = { path: { id } };
  await ok(customer.api.POST('/api/v1/account/contacts/verifications/{id}', { params, body: { code } }));
}

export interface PostOffice {
  /** Mailboxes that there aren't (any more). */
  dead: Set<string>;
  received: string[];
  close(): Promise<void>;
}

/** From now on the world's mail goes by SMTP to a server of ours, which knows who isn't there. */
export async function postOffice(world: World): Promise<PostOffice> {
  const dead = new Set<string>();
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      if (!dead.has(address)) return done();
      done(Object.assign(new Error('5.1.1 no such mailbox'), { responseCode: 550 }));
    },
    onData(stream, session, done) {
      stream.resume().on('end', () => {
        received.push(...session.envelope.rcptTo.map(({ address }) => address));
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const mailer = smtpMailer({ url: `smtp://127.0.0.1:${port}` });
  const { ports } = world.server.house;
  const before = ports.mailer;
  ports.mailer = mailer;
  return {
    dead,
    received,
    async close() {
      ports.mailer = before;
      mailer.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
