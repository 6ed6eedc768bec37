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
