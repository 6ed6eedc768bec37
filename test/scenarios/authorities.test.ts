import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { strFromU8, unzipSync } from 'fflate';
import { sql } from 'kysely';
import { duesOf, sweepAll } from '#kernel/sweeps.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { PERSONAL_TABLES } from '#server/personal-data.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { allSweeps } from '#server/worker.ts';
import type { World } from '#server/world.ts';
import { decideNewest, type StaffApi, staffMember } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';

/** What an authority is given of a customer: asked for by one, approved by another, had once, on record with its basis. */

let world: World;
let customer: StoryCustomer;
let customerId: string;
let asks: StaffApi;
let decides: StaffApi;

before(async () => {
  world = await testWorld({ seed: true });
  const { brands } = world.server.house;
  const site = brands.url(brands.get('asiayun'), world.url);
  customer = new StoryCustomer(site);
  await customer.signUp();
  await customer.acceptTerms();
  customerId = (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
  world.clock.moveTo(new Date(world.clock.now().getTime() + 60_000));
  [asks, decides] = [await staffMember(world, 'asks', site), await staffMember(world, 'decides', site)];
});

const wanted = (more: object = {}) => ({
  authority: '某区公安分局',
  document: '调取证据通知书 2026-17',
  article: '网络安全法第二十八条',
  case: 'law',
  kinds: ['account' as const, 'logs' as const],
  from: new Date(world.clock.now().getTime() - 3_600_000).toISOString(),
  to: world.clock.now().toISOString(),
  untold_reason: null,
  ...more,
});

async function ask(more: object = {}): Promise<string> {
  const path = { path: { id: customerId } };
  return (
    await ok(
      asks.POST('/api/v1/staff/customers/{id}/authority-requests', { params: path, body: wanted(more) }),
    )
  ).id;
}

const requestOf = async (id: string) =>
  (await ok(asks.GET('/api/v1/staff/authority-requests', {}))).items.find((one) => one.id === id)!;

async function until(id: string, state: string): Promise<void> {
  for (let attempt = 0; attempt < 250; attempt++) {
    if ((await requestOf(id)).state === state) return;
    await sleep(20);
  }
  assert.fail(`not ${state}`);
}

async function fileOf(api: StaffApi, id: string): Promise<Uint8Array> {
  const answer = api.POST('/api/v1/staff/authority-requests/{id}/file', {
    params: { path: { id } },
    parseAs: 'arrayBuffer',
  });
  return new Uint8Array((await ok(answer)) as unknown as ArrayBuffer);
}

const told = async () =>
  (await ok(customer.api.GET('/api/v1/notices', {}))).items.map(({ kind }) => kind as string);
const own = async () => (await ok(customer.api.GET('/api/v1/account/audit', {}))).items;
const acts = async () =>
  (await ok(asks.GET('/api/v1/staff/audit', { params: { query: { customer: customerId } } }))).items;
const refused = (code: string) => (error: unknown) => error instanceof ApiProblem && error.code === code;

test('[asiayun 5.2] two people, one file, had once: on record with its basis, and the customer is told', async () => {
  const id = await ask();
  assert.equal((await requestOf(id)).state, 'waiting');
  await assert.rejects(fileOf(asks, id), refused('authority-file-gone'));
  await assert.rejects(decideNewest(asks, true), refused('approval-own'));
  assert.ok(!(await told()).includes('disclosed-to-authority'), 'not before anything was given');
  await decideNewest(decides, true);
  await until(id, 'ready');

  const zip = await fileOf(asks, id);
  assert.equal(createHash('sha256').update(zip).digest('hex'), (await requestOf(id)).file_sha256);
  const files = unzipSync(zip);
  const manifest = JSON.parse(strFromU8(files['manifest.json']!));
  assert.deepEqual(manifest.basis, {
    authority: '某区公安分局',
    document: '调取证据通知书 2026-17',
    article: '网络安全法第二十八条',
    case: 'law',
  });
  assert.notEqual(manifest.requested_by, manifest.approved_by);
  for (const { name, sha256, bytes } of manifest.files) {
    assert.equal(createHash('sha256').update(files[name]!).digest('hex'), sha256, name);
    assert.equal(files[name]!.length, bytes);
  }
  const events = strFromU8(files['events.jsonl']!)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(events.some(({ action }) => action === 'session.opened'));
  assert.ok(events.every((event) => event.customer_id === customerId));
  assert.equal(JSON.parse(strFromU8(files['account.json']!)).email, customer.email);

  await assert.rejects(fileOf(asks, id), refused('authority-file-gone'));
  assert.equal((await requestOf(id)).state, 'downloaded');
  const row = await world.server.house.db
    .selectFrom('authorities_request')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  assert.equal(row.file_sealed, null, 'nothing of it stays');

  const record = (await acts()).find(({ action }) => action === 'customer.disclosed')!;
  assert.equal(record.clause?.id, '5.2');
  assert.deepEqual(
    [record.facts.article, record.facts.reference, record.facts.to],
    ['网络安全法第二十八条', '调取证据通知书 2026-17', '某区公安分局'],
  );
  assert.equal(record.notices.length, 1);
  assert.ok((await told()).includes('disclosed-to-authority'));
  const shown = (await own()).map(({ action }) => action);
  assert.ok(shown.includes('customer.disclosed'));
  assert.ok(!shown.some((action) => /^(authority|approval)\./.test(action)));
});

test('[asiayun 5.2] what the law forbids to tell isn’t told, nor shown in the customer’s own record; the reason is', async () => {
  const before = (await told()).length;
  const seen = (await own()).length;
  const id = await ask({ document: '通知书 2026-18', untold_reason: '刑事诉讼法第五十四条：侦查保密' });
  const [waiting] = (
    await ok(decides.GET('/api/v1/staff/approvals', { params: { query: { state: 'waiting' } } }))
  ).items;
  assert.equal(waiting!.payload.untold_reason, '刑事诉讼法第五十四条：侦查保密');
  await decideNewest(decides, true);
  await until(id, 'ready');
  await fileOf(decides, id);
  assert.equal((await told()).length, before);
  assert.equal((await own()).length, seen);
  const record = (await acts()).find(({ facts }) => facts.reference === '通知书 2026-18')!;
  assert.equal(record.facts.untold_reason, '刑事诉讼法第五十四条：侦查保密');
  for (const table of ['audit_event', 'approvals_request', 'authorities_request']) {
    const { shown } = PERSONAL_TABLES.find((one) => one.table === table)!;
    const { rows } = await sql<{ row: unknown }>`select to_jsonb(t) as row from ${sql.table(table)} t
      where t.customer_id = ${customerId} and (${sql.raw(shown!)})`.execute(world.server.house.db);
    assert.ok(!JSON.stringify(rows).includes('2026-18'), `${table} of the person’s own copy`);
  }
});

test('refused, lapsed, without a case of the terms, of a span that isn’t over: nothing is given', async () => {
  const refusedOne = await ask();
  await decideNewest(decides, false);
  assert.equal((await requestOf(refusedOne)).state, 'refused');
  await assert.rejects(fileOf(asks, refusedOne), refused('authority-file-gone'));
  await assert.rejects(ask({ case: 'curiosity' }), refused('disclosure-not-allowed'));
  const tomorrow = new Date(world.clock.now().getTime() + 86_400_000).toISOString();
  await assert.rejects(ask({ to: tomorrow }), refused('authority-span'));
  await assert.rejects(ask({ from: wanted().to }), refused('authority-span'));

  const late = await ask();
  await decideNewest(decides, true);
  await until(late, 'ready');
  const sweep = allSweeps(world.server.house).find(({ name }) => name === 'authorities.lapse')!;
  const due = (await duesOf(world.server.house.db, [sweep]))[0]!;
  assert.equal(await sweepAll(sweep, due), 1);
  assert.equal((await requestOf(late)).state, 'lapsed');
  await assert.rejects(fileOf(asks, late), refused('authority-file-gone'));
});
