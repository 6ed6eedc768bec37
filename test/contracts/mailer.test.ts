import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { type SmtpConfig, smtpMailer } from '#drivers/smtp/mailer.ts';
import { MailError, type MailMessage } from '#modules/notify/driver.ts';

/** Mailer over the wire: the driver and a real SMTP server. */

interface Delivery {
  from: string;
  to: string[];
  raw: string;
}

function refusal(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

async function postOffice(t: TestContext, options: SMTPServerOptions = {}, config: Partial<SmtpConfig> = {}) {
  const deliveries: Delivery[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : '';
        deliveries.push({ from, to: rcptTo.map((r) => r.address), raw: Buffer.concat(chunks).toString() });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // a client that goes away, which some tests are about
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.server.address() as AddressInfo).port;
  const mailers: { close(): void }[] = [];
  const sender = (credentials = '') => {
    const mailer = smtpMailer({ url: `smtp://${credentials}127.0.0.1:${port}`, ...config });
    mailers.push(mailer);
    return mailer;
  };
  t.after(async () => {
    for (const mailer of mailers) mailer.close(); // first: the server waits for its connections
    await new Promise<void>((resolve) => server.close(resolve));
  });
  return { deliveries, mailer: sender(), sender };
}

function mail(changes: Partial<MailMessage> = {}): MailMessage {
  return {
    id: '0198c0de-0000-7000-8000-000000000001',
    from: '蓝天云 <notice@lantian.example>',
    to: 'customer@example.com',
    subject: '验证码 / Your code',
    text: '您的验证码是 123456。\r\n.\r\nQUIT\n',
    ...changes,
  };
}

function failsWith(permanent: boolean, pattern: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof MailError, String(error));
    assert.equal(error.permanent, permanent, error.message);
    assert.match(error.message, pattern);
    assert.doesNotMatch(error.message, /customer|123456/, 'no personal data in an error');
    return true;
  };
}

test('a message arrives whole, from and to the one envelope address, with our id', async (t) => {
  const { mailer, deliveries } = await postOffice(t);
  assert.equal(mailer.sandbox, false);
  await mailer.send(mail());
  assert.equal(deliveries.length, 1);
  const { from, to, raw } = deliveries[0]!;
  assert.equal(from, 'notice@lantian.example');
  assert.deepEqual(to, ['customer@example.com']);
  assert.match(raw, /^Message-ID: <0198c0de-0000-7000-8000-000000000001@lantian\.example>\r?$/m);
  assert.match(raw, /^Auto-Submitted: auto-generated\r?$/m);
  assert.match(raw, /^To: customer@example\.com\r?$/m);
  const encoded = /^Subject: =\?UTF-8\?Q\?(.*)\?=\r?$/m.exec(raw)?.[1] ?? '';
  assert.equal(decodeURIComponent(encoded.replaceAll('_', ' ').replaceAll('=', '%')), '验证码 / Your code');
  const [, body = ''] = raw.split('\r\n\r\n');
  assert.match(Buffer.from(body, 'base64').toString('utf8'), /^您的验证码是 123456。\r?\n\.\r?\nQUIT/);
});

test("a configured sender takes the message's place, in header and envelope", async (t) => {
  const { mailer, deliveries } = await postOffice(t, {}, { from: 'Cloud <box@relay.example>' });
  await mailer.send(mail());
  assert.equal(deliveries[0]?.from, 'box@relay.example');
  assert.match(deliveries[0]?.raw ?? '', /^From: Cloud <box@relay\.example>\r?$/m);
});

test('line breaks and lists are refused before anything is sent', async (t) => {
  const { mailer, deliveries } = await postOffice(t);
  const bad: Partial<MailMessage>[] = [
    { subject: 'x\r\nBcc: victim@example.com' },
    { subject: 'x\nBcc: victim@example.com' },
    { subject: 'x\rBcc: victim@example.com' },
    { to: 'a@example.com\r\nRCPT TO:<victim@example.com>' },
    { to: 'a@example.com, victim@example.com' },
    { to: 'a@example.com;victim@example.com' },
    { to: 'list: a@example.com, b@example.com;' },
    { to: 'Name <a@example.com>' },
    { to: '"a b"@example.com' },
    { to: 'a@example.com>' },
    { to: '' },
    { to: 'nobody' },
    { to: `${'a'.repeat(65)}@example.com` },
    { from: 'Bad\r\nBcc: victim@example.com <a@example.com>' },
    { from: 'a@example.com\n' },
    { id: 'x@y>\r\nBcc: victim@example.com' },
    { id: '' },
  ];
  for (const change of bad) {
    await assert.rejects(
      mailer.send(mail(change)),
      failsWith(true, /^(subject|to|from|id): /),
      JSON.stringify(change),
    );
  }
  assert.equal(deliveries.length, 0);
  await mailer.send(
    mail({ text: 'a\r\n.\r\nMAIL FROM:<x@example.com>\r\nRCPT TO:<victim@example.com>\r\n' }),
  );
  assert.equal(deliveries.length, 1);
});

test('a 5xx to recipient or message is permanent, a 4xx is not', async (t) => {
  let code = 550;
  const gate: SMTPServerOptions = {
    onRcptTo: (address, _session, done) => done(refusal(code, `5.1.1 <${address.address}> unknown`)),
  };
  const { mailer, deliveries } = await postOffice(t, gate);
  await assert.rejects(mailer.send(mail()), failsWith(true, /RCPT TO 550/));
  code = 451;
  await assert.rejects(mailer.send(mail()), failsWith(false, /RCPT TO 451/));
  assert.equal(deliveries.length, 0);

  const atData = await postOffice(t, {
    onData(stream, _session, done) {
      stream.resume();
      stream.on('end', () => done(refusal(code, 'message for customer refused')));
    },
  });
  code = 554;
  await assert.rejects(atData.mailer.send(mail()), failsWith(true, /DATA 554/));
  code = 452;
  await assert.rejects(atData.mailer.send(mail()), failsWith(false, /DATA 452/));
});

test('a refused sender, login or greeting is our configuration, so the message waits', async (t) => {
  const sender = await postOffice(t, {
    onMailFrom: (_address, _session, done) => done(refusal(553, 'not yours')),
  });
  await assert.rejects(sender.mailer.send(mail()), failsWith(false, /MAIL FROM 553/));

  const greeting = await postOffice(t, { onConnect: (_session, done) => done(refusal(554, 'go away')) });
  await assert.rejects(greeting.mailer.send(mail()), failsWith(false, /^SMTP /));

  const login: SMTPServerOptions = {
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.password === 'right' ? done(null, { user: 'box' }) : done(refusal(535, 'wrong')),
  };
  const office = await postOffice(t, login);
  await assert.rejects(office.sender('box:wrong@').send(mail()), failsWith(false, /AUTH/));
  await office.sender('box:right@').send(mail());
  assert.equal(office.deliveries.length, 1);
});

test('the same connection serves again after a refusal', async (t) => {
  let refuse = true;
  let connections = 0;
  const { mailer, deliveries } = await postOffice(t, {
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onRcptTo: (_address, _session, done) => done(refuse ? refusal(450, 'later') : null),
  });
  await assert.rejects(mailer.send(mail()), failsWith(false, /450/));
  refuse = false;
  await mailer.send(mail());
  await mailer.send(mail({ id: 'second' }));
  assert.equal(deliveries.length, 2);
  assert.ok(connections <= 2, `${connections} connections`);
});

test('nobody there, silence and a dropped connection are transient', async (t) => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const nobody = smtpMailer({ url: `smtp://127.0.0.1:${port}` });
  t.after(() => nobody.close());
  await assert.rejects(nobody.send(mail()), failsWith(false, /ESOCKET|ECONNECTION/));

  for (const manner of ['silent', 'rude', 'trickling'] as const) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (manner === 'rude') socket.destroy();
      if (manner === 'trickling') {
        const drip = setInterval(() => socket.write('220-wait\r\n'), 20);
        socket.on('close', () => clearInterval(drip));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as AddressInfo;
    const timeouts = { connectMs: 5_000, silenceMs: 5_000, deliveryMs: 200 };
    const mailer = smtpMailer({ url: `smtp://127.0.0.1:${address.port}`, timeouts });
    await assert.rejects(mailer.send(mail()), failsWith(false, /^SMTP /), manner);
    mailer.close();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('a password is not sent to a distant host in the clear', async (t) => {
  const seen: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('220 mx.example ESMTP\r\n');
    socket.on('data', (data) => {
      seen.push(data.toString());
      socket.write(
        data.toString().startsWith('EHLO') ? '250-mx.example\r\n250 AUTH PLAIN LOGIN\r\n' : '502 no\r\n',
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  // The IPv6 form of a loopback address isn't in the list of local names, so it plays a distant host.
  const mailer = smtpMailer({ url: `smtp://box:secret@[::ffff:127.0.0.1]:${port}` });
  t.after(() => mailer.close());
  await assert.rejects(mailer.send(mail()), failsWith(false, /STARTTLS|ETLS/));
  assert.doesNotMatch(seen.join(''), /AUTH/);
  assert.throws(() => smtpMailer({ url: 'https://mx.example' }), /smtp:/);
});
