import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { before, type TestContext, test } from 'node:test';
import { certificateOf } from '../../test/support/certificate.ts';
import { lookAtSite } from './public-site.ts';

/** Real servers, good and bad, and what is said of each. */

const NOW = new Date('2030-06-01T00:00:00Z');
const days = (count: number) => new Date(systemNow() + count * 86_400_000);
const systemNow = () => performance.timeOrigin + performance.now();

let good: { key: string; cert: string };
let expired: typeof good;
before(async () => {
  good = await certificateOf(days(-1), days(90));
  expired = await certificateOf(days(-90), days(-1));
});

const app: RequestListener = (_request, reply) => {
  reply.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains');
  reply.end('{}');
};
const redirect: RequestListener = (request, reply) => {
  if (request.url!.startsWith('/api')) reply.writeHead(403).end();
  else reply.writeHead(308, { location: 'https://localhost/' }).end();
};

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

async function seen(
  t: TestContext,
  options: ServerOptions,
  { secure = app, plain = redirect, now = new Date(systemNow()) } = {},
) {
  const port = await listening(t, createSecureServer({ ...good, ...options }, secure));
  const plainPort = await listening(t, createServer(plain));
  const findings = await lookAtSite(`https://localhost:${port}`, {
    now,
    ca: String(options.cert ?? good.cert),
    plainPort,
  });
  return Object.fromEntries(findings.map((each) => [each.name, each]));
}

const badOf = (found: Awaited<ReturnType<typeof seen>>) =>
  Object.values(found).flatMap(({ name, good }) => (good ? [] : [name]));

const STRONG = 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384';

test('a site as it should be: nothing to complain of', async (t) => {
  const found = await seen(t, { minVersion: 'TLSv1.2', ciphers: `${STRONG}:TLS_AES_256_GCM_SHA384` });
  assert.deepEqual(badOf(found), [], JSON.stringify(found));
  assert.equal(found['TLS versions']!.detail, 'TLSv1.2, TLSv1.3');
  assert.match(found.certificate!.detail, /good for (89|90) days more/);
});

test('old versions of TLS are found', async (t) => {
  const found = await seen(t, { minVersion: 'TLSv1', maxVersion: 'TLSv1.2', ciphers: 'DEFAULT:@SECLEVEL=0' });
  assert.equal(found['TLS versions']!.detail, 'TLSv1, TLSv1.1, TLSv1.2');
  assert.ok(badOf(found).includes('TLS versions'));
});

test('suites without forward secrecy or authentication are found', async (t) => {
  const found = await seen(t, { minVersion: 'TLSv1.2', ciphers: `${STRONG}:AES256-SHA:@SECLEVEL=0` });
  assert.deepEqual(badOf(found), ['cipher suites']);
  assert.match(found['cipher suites']!.detail, /AES256-SHA/);
});

test('a certificate that is over, soon over, or of nobody that is trusted is found', async (t) => {
  const strong = { minVersion: 'TLSv1.2', ciphers: STRONG } as const;
  const over = await seen(t, { ...strong, ...expired });
  assert.deepEqual([over.certificate!.good, over.certificate!.detail], [false, 'certificate has expired']);
  const soon = await seen(t, strong, { now: new Date(systemNow() + 80 * 86_400_000) });
  assert.deepEqual(badOf(soon), ['certificate']);
  const port = await listening(t, createSecureServer(good, app));
  const [stranger] = await lookAtSite(`https://localhost:${port}`, { now: NOW });
  assert.equal(stranger!.good, false);
  assert.match(stranger!.detail, /^self-signed certificate/);
});

test('an answer without HSTS, a page that stays with plain http, an API that answers there: found', async (t) => {
  const strong = { minVersion: 'TLSv1.2', ciphers: STRONG } as const;
  assert.deepEqual(badOf(await seen(t, strong, { secure: (_, reply) => void reply.end() })), ['HSTS']);
  for (const plain of [
    (_: unknown, reply: { end(text: string): void }) => void reply.end('page'),
    ((request, reply) => {
      if (request.url!.startsWith('/api')) reply.end('{}');
      else redirect(request, reply);
    }) as RequestListener,
    ((_, reply) => void reply.writeHead(308, { location: 'https://localhost/' }).end()) as RequestListener,
  ])
    assert.deepEqual(badOf(await seen(t, strong, { plain: plain as RequestListener })), ['plain http']);
});

test('plain http as the public address, and nobody there', async () => {
  const [plain] = await lookAtSite('http://lantian.pro', { now: NOW });
  assert.deepEqual([plain!.good, plain!.name], [false, 'https']);
  const [nobody, ...others] = await lookAtSite('https://localhost:1', { now: NOW });
  assert.match(nobody!.detail, /^no answer at localhost:1 \(ECONNREFUSED\)$/);
  assert.deepEqual([nobody!.good, others], [false, []]);
});
