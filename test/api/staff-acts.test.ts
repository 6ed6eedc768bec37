import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import Fastify from 'fastify';
import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { transact } from '#kernel/db.ts';
import { EVERYTHING } from '#kernel/grant.ts';
import { systemCtx } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { enqueue } from '#kernel/jobs.ts';
import { staffActs } from '#server/http/staff-acts.ts';
import type { World } from '#server/world.ts';
import { idOf } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call, staffCookie } from './call.ts';
import { type Belongings, filled, ROUTES } from './route-table.ts';

/**
 * Every act of the staff is on record: the routes that change something, called well, leave an act of their own name;
 * one that changes nothing is written down as such.
 */

let world: World;

before(async () => {
  world = await testWorld({ seed: true });
});

async function belongings(): Promise<Belongings> {
  const customer = await readyCustomer(world, '50');
  const service = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
  const name = `nobody.${randomUUID()}`;
  const { db } = world.server.house;
  await transact(db, (tx) => enqueue(tx, name, {}));
  const { rows } = await sql<{ id: bigint }>`select id from graphile_worker.jobs
    where task_identifier = ${name}`.execute(db);
  const nobody = randomUUID();
  const ids = { service, customer: await idOf(customer), job: String(rows[0]!.id) };
  return new Proxy(ids as unknown as Belongings, {
    get: (known, kind) => known[kind as keyof Belongings] ?? nobody,
  });
}

/** Acts after which no setting is other than it was: something is asked for, looked at, sent or begun anew. */
const CHANGES_NOTHING = new Set([
  'recovery-codes.issued',
  'staff.factor-reset-asked',
  'staff.sessions-ended',
  'customer.visited',
  'job.retried',
  'approval.requested',
  'privacy.offer-sent',
]);

test('each act of the staff that succeeds is on record with their id', async () => {
  const cookie = await staffCookie(world);
  const { staff } = (await call(world, 'GET', '/staff/auth/session', { cookie })).json as {
    staff: { id: string };
  };
  const ids = await belongings();
  const { db } = world.server.house;
  const recorded = async () => {
    const { count } = await db
      .selectFrom('audit_event')
      .select((e) => e.fn.countAll<bigint>().as('count'))
      .where('actor_id', '=', staff.id)
      .where('action', '<>', 'staff.acted')
      .executeTakeFirstOrThrow();
    return count;
  };
  const unaudited = new Set(
    world.server.app.rights
      .filter(({ unaudited, does }) => unaudited !== undefined || does === 'read')
      .map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`),
  );
  const newest = () =>
    db
      .selectFrom('audit_event')
      .select(['action', 'facts'])
      .where('actor_id', '=', staff.id)
      .where('action', '<>', 'staff.acted')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
  const silent: string[] = [];
  const bare: string[] = [];
  let walked = 0;
  for (const [name, route] of Object.entries(ROUTES)) {
    const [method = '', path = ''] = name.split(' ');
    if (route.access !== 'staff' || method === 'GET' || path.endsWith('/sign-out')) continue;
    const count = await recorded();
    const reply = await call(world, method, filled(path, route, ids), { cookie, body: route.body });
    if (reply.status >= 500) silent.push(name);
    if (reply.status >= 300 || unaudited.has(name)) continue;
    walked++;
    const { action, facts } = await newest();
    const said = facts as Record<string, unknown>;
    if (!CHANGES_NOTHING.has(action) && !('before' in said && 'after' in said))
      bare.push(`${action} (${name})`);
    if ((await recorded()) === count) silent.push(name);
  }
  assert.deepEqual(silent, []);
  assert.deepEqual(bare, [], 'acts that say what they changed from and to');
  assert.ok(walked > 15, `${walked} acts succeeded`);
});

test('an act that changes nothing is on record as that, unless its route says why not; looking is none', async () => {
  const { house } = world.server;
  const staffId = randomUUID();
  const app = Fastify({ genReqId: () => randomUUID() }) as unknown as App;
  app.decorateRequest('ctx');
  app.addHook('onRequest', async (request) => {
    const actor = { kind: 'staff' as const, staffId, sessionId: randomUUID(), grant: EVERYTHING };
    const ctx = { ...systemCtx(house, house.brands.all[0]!.id, 'test'), actor };
    request.ctx = { ...ctx, requestId: request.id } as Ctx;
  });
  staffActs(app, house);
  app.post('/silent/:id', async () => ({}));
  app.post('/told', { config: { unaudited: 'nothing happens' } }, async () => ({}));
  app.post('/looks', { config: { does: 'read' } }, async () => ({}));
  for (const url of ['/silent/7', '/told', '/looks'])
    assert.equal((await app.inject({ method: 'POST', url })).statusCode, 200);
  const acts = await house.db
    .selectFrom('audit_event')
    .select(['action', 'subject_id', 'facts'])
    .where('actor_id', '=', staffId)
    .execute();
  assert.deepEqual(acts, [
    { action: 'staff.acted', subject_id: 'POST /silent/:id', facts: { params: { id: '7' } } },
  ]);
  await app.close();
});
