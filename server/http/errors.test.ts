import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { openLog } from '#kernel/log.ts';
import { buildApp } from '../app.ts';

/** The app without anything behind it: what it says of requests that never get there. */

let app: App;
const lines: string[] = [];

before(async () => {
  const config = { publicUrl: 'https://lantian.pro', production: true, trustProxy: false };
  const mailer = { sandbox: false };
  const brands = { byHost: () => ({ id: 'lantian' }) };
  const clock = { now: () => new Date('2026-03-02T02:00:00Z') };
  const throttles = { visitor: { spend: async () => undefined } };
  const log = openLog('error', { write: (line: string) => void lines.push(line) });
  app = await buildApp({ config, log, brands, clock, ports: { throttles, mailer } } as unknown as House, {
    consoleDir: null,
    standIns: [],
  });
  await app.ready();
});
after(() => app.close());

const locales = { zh: 'zh-CN,zh;q=0.9', en: 'en-GB' } as const;

test('what isn’t there is told as a problem, in the reader’s language', async () => {
  for (const url of [
    '/api/v1/nothing',
    '/api/v1/staff/nothing',
    '/api',
    '/sandbox/alipay/gateway.do',
    '/api/v1/dev/mailbox',
  ]) {
    for (const [locale, header] of Object.entries(locales)) {
      const reply = await app.inject({ url, headers: { 'accept-language': header } });
      assert.equal(reply.statusCode, 404, url);
      assert.equal(reply.headers['content-type'], 'application/problem+json; charset=utf-8');
      const { type, title, status, detail, code, instance } = reply.json();
      assert.deepEqual([type, status, code], ['/problems/not-found', 404, 'not-found']);
      assert.match(instance, /^\/requests\/[0-9a-f-]{36}$/);
      assert.equal(/\p{Script=Han}/u.test(title + detail), locale === 'zh');
    }
  }
});

test('every wrong field is named, each with a message in the reader’s language', async () => {
  const payload = { email: 'no-address', password: 7, locale: 'fr', minor: 'no' };
  for (const [locale, header] of Object.entries(locales)) {
    const reply = await app.inject({
      method: 'POST',
      url: '/api/v1/auth/sign-up',
      payload,
      headers: { 'accept-language': header },
    });
    const { status, code, errors } = reply.json();
    assert.deepEqual([status, code], [400, 'invalid-input']);
    assert.deepEqual(errors.map(({ field }: { field: string }) => field).sort(), [
      'email',
      'locale',
      'minor',
      'password',
    ]);
    for (const { message } of errors) assert.equal(/\p{Script=Han}/u.test(message), locale === 'zh', message);
  }
});

test('what nobody expected is a bare 500 whose id the log has, and nothing else', async () => {
  const reply = await app.inject({ url: '/api/v1/terms' });
  assert.equal(reply.statusCode, 500);
  const { code, instance, ...rest } = reply.json();
  assert.equal(code, 'internal');
  assert.deepEqual(Object.keys(rest).sort(), ['detail', 'status', 'title', 'type']);
  const line = lines.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'request failed');
  assert.equal(`/requests/${line.request_id}`, instance);
  assert.ok(line.err.stack);
});

test('answers carry the headers that keep browsers from harm', async () => {
  const { headers } = await app.inject({ url: '/api/v1/nothing' });
  const expected = {
    'content-security-policy':
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(headers[name], value, name);
  assert.match(String(headers['permissions-policy']), /camera=\(\), .*publickey-credentials-get=\(self\)/);
  for (const name of ['server', 'x-powered-by']) assert.equal(headers[name], undefined);
});

test('no answer lets another site read it, however it asks (ASVS 3.4.2)', async () => {
  const origin = 'https://evil.example';
  for (const headers of [{ origin }, { origin, 'access-control-request-method': 'POST' }, {}])
    for (const method of ['GET', 'OPTIONS'] as const)
      for (const url of ['/api/v1/openapi.json', '/api/v1/nothing', '/']) {
        const answer = await app.inject({ method, url, headers });
        const opened = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
        assert.deepEqual(opened, [], `${method} ${url}`);
      }
});

test('on a site with TLS its cookies never travel without', async () => {
  const reply = await app.inject({ method: 'POST', url: '/api/v1/auth/sign-out' });
  assert.equal(reply.statusCode, 204);
  assert.match(
    String(reply.headers['set-cookie']),
    /^__Host-cp_session=;.*Path=\/;.* HttpOnly; Secure; SameSite=Lax/,
  );
});

test('figures are for the machine itself: not through a proxy, not from elsewhere', async () => {
  // Let through; that nothing is behind this app is another matter.
  assert.notEqual((await app.inject({ url: '/metrics', remoteAddress: '127.0.0.1' })).statusCode, 404);
  assert.equal((await app.inject({ url: '/metrics', remoteAddress: '203.0.113.7' })).statusCode, 404);
  const headers = { 'x-forwarded-for': '127.0.0.1' };
  assert.equal((await app.inject({ url: '/metrics', remoteAddress: '127.0.0.1', headers })).statusCode, 404);
});
