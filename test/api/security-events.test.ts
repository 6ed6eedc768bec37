import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openLog } from '#kernel/log.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';
import { call, type Request } from './call.ts';

/** Attempts are told apart from mistakes, in the log and in figures (OWASP ASVS 5.0 16.3.3). */

const lines: string[] = [];
let world: World;
let customer: StoryCustomer;

before(async () => {
  const log = openLog('info', { write: (line: string) => void lines.push(line) });
  world = await testWorld({ log });
  customer = new StoryCustomer(world.url);
  await customer.getReady('1');
});

/** What the line of this request says; undefined: nothing of the kind. */
async function said(method: string, path: string, request: Request = {}): Promise<unknown> {
  lines.length = 0;
  await call(world, method, path, request);
  const deadline = performance.now() + 10_000;
  for (;;) {
    const line = lines
      .map((each) => JSON.parse(each) as Record<string, unknown>)
      .find(({ msg }) => msg === 'request');
    if (line) return line.security;
    if (performance.now() > deadline) throw new Error('no line');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const credentials = () => ({ email: customer.email, password: customer.password });

test('attempts', async () => {
  const cookie = customer.api.cookie();
  const body = credentials();
  for (const [wanted, method, path, request] of [
    ['bad-credentials', 'POST', '/auth/sign-in', { body: { ...body, password: 'Not-the-one-7-geese' } }],
    ['bad-session', 'GET', '/auth/session', { cookie: `cp_session=${'A'.repeat(43)}` }],
    ['bad-session', 'GET', '/auth/session', { headers: { authorization: 'Bearer nothing' } }],
    ['foreign-origin', 'POST', '/auth/sign-in', { body, headers: { origin: 'https://evil.example' } }],
    ['tampered-input', 'POST', '/auth/sign-in', { body: { ...body, admin: true } }],
    ['tampered-input', 'POST', '/auth/sign-in', { body: '{"email":"a@b.example","email":"c@d.example"}' }],
    ['tampered-input', 'POST', '/auth/sign-in', { body: '{"__proto__":{}}' }],
  ] as [string, string, string, Request][])
    assert.equal(await said(method, path, request), wanted, `${wanted} ${path}`);
  assert.equal(await said('GET', '/auth/session', { cookie }), undefined);
});

test('mistakes, and what is just not there', async () => {
  const cookie = customer.api.cookie();
  for (const [method, path, request] of [
    ['GET', '/auth/session', {}],
    ['GET', '/services/nothing', { cookie }],
    ['GET', '/services/0190b1b1-7d10-7b6c-9a31-5b1d3a6f1c2d', { cookie }],
    ['POST', '/auth/sign-in', { body: { email: 'no address', password: 'x' } }],
    ['POST', '/auth/sign-in', { body: credentials() }],
  ] as [string, string, Request][])
    assert.equal(await said(method, path, request), undefined, `${method} ${path}`);
});

test('and counted, each kind from nought on', async () => {
  const text = await (await fetch(`${world.url}/metrics`)).text();
  assert.match(text, /cloudpact_security_events_total\{event="bad-credentials"\} 1\n/);
  assert.match(text, /cloudpact_security_events_total\{event="tampered-input"\} 3\n/);
  assert.match(text, /cloudpact_security_events_total\{event="bad-signature"\} 0\n/);
});
