import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call } from '../api/call.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

/** What a customer says of itself beside what it signs up with: every part of it optional. */

const NOTHING = {
  full_name: null,
  address: null,
  nationality: null,
  province: null,
  city: null,
  time_zone: null,
  postcode: null,
  fax: null,
  homepage: null,
  job_title: null,
};
const ALL = {
  full_name: '沈从远',
  address: '桂林西路 88 号 5 楼',
  nationality: 'CN',
  province: '上海',
  city: '上海',
  time_zone: 'Asia/Shanghai',
  postcode: '200030',
  fax: '+86 21-64000000',
  homepage: 'https://example.com/',
  job_title: '运维工程师',
};

let world: World;
let person: StoryCustomer;
before(async () => {
  world = await testWorld();
  person = await readyCustomer(world, null);
});

const put = (body: object, who = person) =>
  call(world, 'PUT', '/account/profile', { cookie: who.api.cookie(), body });
const read = async (who = person) =>
  (await call(world, 'GET', '/account/profile', { cookie: who.api.cookie() })).json;
const rows = async () =>
  (
    await sql<{ row: string }>`select row_to_json(p)::text as row from reach_profile p`.execute(
      world.server.house.db,
    )
  ).rows;

test('[asiayun 6.2] name, address, nationality and the optional data: said, corrected part by part, taken back', async () => {
  assert.deepEqual(await read(), NOTHING);
  assert.equal((await put(ALL)).status, 204);
  assert.deepEqual(await read(), ALL);
  const [row] = await rows();
  assert.ok(
    !row!.row.includes(ALL.full_name) && !row!.row.includes('桂林西路'),
    'name and address lie sealed',
  );
  assert.equal((await put({ ...ALL, city: '苏州', fax: null })).status, 204);
  assert.deepEqual(await read(), { ...ALL, city: '苏州', fax: null });
  const shown = await call(world, 'GET', '/account/privacy/data/contacts', { cookie: person.api.cookie() });
  assert.ok(shown.text.includes(ALL.address), 'among what is kept of a person, opened');
  const { rows: acts } = await sql<{ facts: { fields: string } }>`select facts from audit_event
    where action = 'profile.changed' order by id`.execute(world.server.house.db);
  assert.equal(acts.at(-1)!.facts.fields, 'city, fax', 'what changed, not what it is');
  assert.equal((await put({})).status, 204);
  assert.deepEqual(await read(), NOTHING);
  assert.deepEqual(await rows(), [], 'a profile that says nothing is no row');
});

test('[asiayun 6.2] what isn’t well formed is refused at its field, and nobody reads another’s', async () => {
  const wrong = {
    nationality: 'China',
    time_zone: 'Asia/Nowhere',
    postcode: '!!',
    fax: 'none',
    homepage: 'javascript:alert(1)',
    address: 'x'.repeat(301),
  };
  for (const [field, value] of Object.entries(wrong)) {
    const { status, json } = await put({ [field]: value });
    assert.deepEqual([status, (json.errors as { field: string }[])[0]!.field], [400, field]);
  }
  assert.equal((await put({ surname: 'x' })).status, 400, 'nothing else is kept');
  await put(ALL);
  assert.deepEqual(await read(await readyCustomer(world, null)), NOTHING);
});
