import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type AliyunSmsConfig, aliyunSms } from '#drivers/aliyun/sms.ts';
import { type SandboxSms, startSmsSandbox } from '#drivers/aliyun/sms-sandbox.ts';
import { SmsError } from '#modules/notify/driver.ts';
import { SMS_TEXTS } from '#modules/wording/index.ts';
import { refused, sms, smsSenderContract } from './sms-sender.ts';

/** SmsSender over the wire: the driver, and a server that verifies its signatures. */

const KEY = { accessKeyId: 'LTAI-sandbox', accessKeySecret: 'a-secret-of-the-sandbox' };
const numbers = { good: '13900139009', dead: '13900130000', busy: '13900130001', silent: '13900130002' };
const now = () => new Date('2026-03-02T15:59:00Z');

const closers: (() => Promise<void>)[] = [];
test.after(async () => {
  for (const close of closers) await close();
});

async function stage(changes: Partial<AliyunSmsConfig> = {}) {
  const arrived: SandboxSms[] = [];
  const sandbox = await startSmsSandbox({
    ...KEY,
    signs: new Set(['蓝天云']),
    templates: new Map([['SMS_1', SMS_TEXTS['phone-code'].zh.replaceAll('{', '${')]]),
    now,
    deliver: (each) => void arrived.push(each),
  });
  closers.push(() => sandbox.close());
  const sender = aliyunSms({
    ...KEY,
    endpoint: sandbox.endpoint,
    protocol: 'http',
    sandbox: true,
    now: () => new Date(),
    template: ({ template }) => (template === 'phone-code' ? { sign: '蓝天云', code: 'SMS_1' } : null),
    ...changes,
  });
  return { sender, sandbox, arrived, numbers, now };
}

smsSenderContract('Alibaba Cloud', () => stage());

test('it arrives with the signature and its places filled, to the number in each of its spellings', async () => {
  const { sender, arrived } = await stage();
  for (const to of ['13900139009', '+8613900139009']) await sender.send(sms({ to }));
  const text = '【蓝天云】验证码123456，15分钟内有效。如非本人操作请忽略。';
  assert.deepEqual(
    arrived.map(({ to, text: said }) => [to, said]),
    [
      ['13900139009', text],
      ['13900139009', text],
    ],
  );
});

test('reports are found on the day in Beijing on which it was sent', async () => {
  const { sender } = await stage();
  const message = sms({ to: numbers.good });
  await sender.send(message);
  const asked = { id: message.id, to: message.to, receipt: null };
  // The stand-in's clock says 23:59 of 2 March in Beijing.
  assert.equal((await sender.report({ ...asked, sentAt: now() })).state, 'delivered');
  const afterMidnight = new Date(now().getTime() + 120_000);
  assert.equal((await sender.report({ ...asked, sentAt: afterMidnight })).state, 'unknown');
});

test('a limit by the hour: the sixth code to one number waits', async () => {
  const { sender } = await stage();
  for (let i = 0; i < 5; i++) await sender.send(sms({ to: numbers.good }));
  await assert.rejects(sender.send(sms({ to: numbers.good })), refused('isv.BUSINESS_LIMIT_CONTROL', false));
});

test('a wrong secret, an unknown key, a clock that is off: nothing is sent, and it can be tried again', async () => {
  const wrong: [Partial<AliyunSmsConfig>, string][] = [
    [{ accessKeySecret: 'another' }, 'SignatureDoesNotMatch'],
    [{ accessKeyId: 'LTAI-unknown' }, 'InvalidAccessKeyId.NotFound'],
    [{ now: () => new Date('2020-01-01T00:00:00Z') }, 'InvalidTimeStamp.Expired'],
  ];
  for (const [changes, code] of wrong) {
    const { sender, arrived } = await stage(changes);
    await assert.rejects(sender.send(sms({ to: numbers.good })), refused(code, false));
    assert.deepEqual(arrived, []);
  }
});

async function listen(t: TestContext, handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('errors, nonsense, silence and nobody: tried again, and no number in what is thrown', async (t) => {
  const answers: [number, string][] = [
    [500, '{"Code":"InternalError","Message":"13900139009"}'],
    [503, '<html>13900139009'],
    [400, '{"Code":"Throttling.User"}'],
    [200, '{}'],
    [200, 'null'],
    [200, '"13900139009"'],
    [302, ''],
  ];
  const places = await Promise.all(
    answers.map(([status, body]) =>
      listen(t, (_request, response) => void response.writeHead(status, { location: '/x' }).end(body)),
    ),
  );
  places.push(await listen(t, () => undefined), '127.0.0.1:1');
  for (const endpoint of places) {
    const { sender } = await stage({ endpoint, timeoutMs: 300 });
    await assert.rejects(sender.send(sms({ to: numbers.good })), (error: unknown) => {
      assert.ok(error instanceof SmsError);
      assert.deepEqual([error.permanent, error.numberDead], [false, false], error.message);
      assert.doesNotMatch(`${error.message} ${error.stack}`, /13900139009/);
      return true;
    });
  }
});

test('F40: a request changed or replayed has no effect', async (t) => {
  let recorded: { path: string; headers: Record<string, string> } | undefined;
  const recorder = await listen(t, (request, response) => {
    recorded = { path: request.url ?? '', headers: request.headers as Record<string, string> };
    response.writeHead(503).end('{}');
  });
  const { sandbox, arrived } = await stage();
  const { sender } = await stage({ endpoint: recorder });
  await assert.rejects(sender.send(sms({ to: numbers.good })));
  const { path, headers } = recorded!;
  const replay = async (changes: { path?: string; headers?: Record<string, string> }) => {
    const { request: outgoing } = await import('node:http');
    const [host, port] = sandbox.endpoint.split(':');
    const options = { host, port, method: 'POST', path, headers, ...changes };
    return new Promise<string>((resolve, reject) => {
      const sent = outgoing(options, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve(JSON.parse(text).Code));
      });
      sent.on('error', reject);
      sent.end();
    });
  };
  const other = path.replace('13900139009', '13900139010');
  assert.notEqual(other, path);
  assert.equal(await replay({ path: other }), 'SignatureDoesNotMatch');
  assert.equal(
    await replay({ headers: { ...headers, 'x-acs-action': 'QuerySendDetails' } }),
    'SignatureDoesNotMatch',
  );
  assert.deepEqual(arrived, []);
  assert.equal(await replay({}), 'OK');
  assert.equal(await replay({}), 'SignatureNonceUsed');
  assert.equal(arrived.length, 1);
});

test('numbers leave in the clear only for the stand-in', () => {
  const config = {
    ...KEY,
    endpoint: 'dysmsapi.aliyuncs.com',
    sandbox: false,
    now,
    template: () => null,
  } as const;
  assert.throws(() => aliyunSms({ ...config, protocol: 'http' }), /https/);
  assert.equal(aliyunSms({ ...config, protocol: 'https' }).sandbox, false);
});
