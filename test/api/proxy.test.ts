import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** Whose address is on record for a request with this X-Forwarded-For. */
async function recorded(world: World, forwarded: string): Promise<string> {
  const email = `c${forwarded.length}@example.com`;
  const body = { email, password: 'Plum-rain-and-9-geese', locale: 'zh', minor: false };
  const headers = { 'x-forwarded-for': forwarded };
  const { status, text } = await call(world, 'POST', '/auth/sign-up', { body, headers });
  assert.equal(status, 202, text);
  const { rows } = await sql<{ ip: string }>`select host(ip) as ip from audit_event
    where action = 'customer.signed-up' order by id desc limit 1`.execute(world.server.house.db);
  return rows[0]!.ip;
}

test('behind a proxy its word is taken, and nobody else’s; without one none is', async () => {
  const behind = await testWorld({ env: { CLOUDPACT_TRUST_PROXY: 'true' } });
  assert.equal(await recorded(behind, '203.0.113.7'), '203.0.113.7');
  assert.equal(await recorded(behind, '198.51.100.1, 203.0.113.7'), '203.0.113.7');
  assert.equal(await recorded(behind, 'no address at all, 203.0.113.8'), '203.0.113.8');
  const open = await testWorld();
  assert.equal(await recorded(open, '203.0.113.7'), '127.0.0.1');
});

test('what came to the proxy by plain http is led to https as a page, and refused as a call', async () => {
  const env = { CLOUDPACT_TRUST_PROXY: 'true', CLOUDPACT_PUBLIC_URL: 'https://lantian.example' };
  const { app } = (await testWorld({ env })).server;
  const ask = (url: string, proto: string | null, method: 'GET' | 'POST' = 'GET') =>
    app.inject({
      method,
      url,
      headers: { host: 'lantian.example', ...(proto ? { 'x-forwarded-proto': proto } : {}) },
    });
  const page = await ask('/services?tab=1', 'http');
  assert.deepEqual([page.statusCode, page.headers.location], [308, 'https://lantian.example/services?tab=1']);
  for (const [url, method] of [
    ['/api/v1/brand', 'GET'],
    ['/api/v1/auth/sign-in', 'POST'],
    ['//evil.example/', 'GET'],
    ['/services', 'POST'],
  ] as const) {
    const refused = await ask(url, 'http', method);
    assert.deepEqual([refused.statusCode, refused.json().code], [403, 'https-needed'], url);
    assert.equal(refused.headers.location, undefined);
  }
  assert.equal((await ask('/api/v1/brand', 'http, http')).statusCode, 403);
  for (const proto of ['https', 'http, https', null])
    assert.equal((await ask('/api/v1/brand', proto)).statusCode, 200, String(proto));
  const direct = (await testWorld({ env: { CLOUDPACT_PUBLIC_URL: 'https://lantian.example' } })).server.app;
  const spoofed = await direct.inject({ url: '/api/v1/brand', headers: { 'x-forwarded-proto': 'http' } });
  assert.equal(spoofed.statusCode, 200, 'without a proxy nobody’s word is taken');
});
