import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call, staffCookie } from '../api/call.ts';
import { sealedUntil } from '../faults/support/sealed-ledger.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** A customer checks an own day against what was published, with code that knows nothing but the room's README. */

let world: World;
let staff: string;
let alice: StoryCustomer;
let bob: StoryCustomer;

before(async () => {
  world = await testWorld({ seed: true, start: new Date('2026-03-02T02:00:00Z') });
  [alice, bob] = [await readyCustomer(world, '20'), await readyCustomer(world, '30')];
  for (const customer of [alice, bob]) await customer.order({ access: PASSWORD_ACCESS });
  await world.drain();
  await world.advanceTo(new Date('2026-03-04T02:00:00Z'));
  await sealedUntil(world, '2026-03-03');
  staff = await staffCookie(world);
});

// --- A stranger's code: SHA-256, netstrings, RFC 9162 §2.1.3.2. Nothing of ours is imported for it. ---

const sha = (...parts: (string | Uint8Array)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const hex = (text: string) => Buffer.from(text, 'hex');
const net = (fields: string[]) => fields.map((field) => `${Buffer.byteLength(field)}:${field},`).join('');

interface Root {
  brand: string;
  day: string;
  ends_at: string;
  entries: number;
  merkle_root: string;
  previous: string;
  root: string;
}
interface Entry {
  index: number;
  fields: string[];
  path: string[];
}

function rootHolds({ brand, day, ends_at, entries, merkle_root, previous, root }: Root): boolean {
  const head = net(['cloudpact-ledger-1', brand, day, ends_at, String(entries)]);
  return sha('\x02', hex(previous), head, hex(merkle_root)).equals(hex(root));
}

function entryHolds({ index, fields, path }: Entry, { entries, merkle_root }: Root): boolean {
  let [place, last, hash] = [index, entries - 1, sha('\x00', net(fields))];
  for (const step of path.map(hex)) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = sha('\x01', step, hash);
      while (place % 2 === 0 && place > 0) [place, last] = [place >> 1, last >> 1];
    } else hash = sha('\x01', hash, step);
    [place, last] = [place >> 1, last >> 1];
  }
  return last === 0 && hash.equals(hex(merkle_root));
}

// --- until here ---

async function proof(customer: StoryCustomer, day?: string) {
  const { status, json, text } = await call(world, 'GET', `/ledger/proof${day ? `?day=${day}` : ''}`, {
    cookie: customer.api.cookie(),
  });
  assert.equal(status, 200, text);
  return { root: json.root as Root, entries: json.entries as Entry[], text };
}

test('staff publish, and everybody reads an unbroken chain of roots', async () => {
  const roots = async () => (await call(world, 'GET', '/ledger/roots')).json.items as Root[];
  assert.deepEqual(await roots(), []);
  const publish = (through: string) =>
    call(world, 'POST', '/staff/ledger/publications', { cookie: staff, body: { through } });
  assert.equal((await publish('2026-03-09')).status, 404);
  assert.deepEqual((await publish('2026-03-03')).json.days, ['2026-03-02', '2026-03-03']);
  assert.deepEqual((await publish('2026-03-03')).json.days, []);
  const published = (await roots()).reverse();
  assert.deepEqual(
    published.map(({ day }) => day),
    ['2026-03-02', '2026-03-03'],
  );
  let previous = '0'.repeat(64);
  for (const root of published) {
    assert.equal(root.previous, previous);
    assert.ok(rootHolds(root));
    previous = root.root;
  }
  const { json } = await call(world, 'GET', '/staff/audit?subject=2026-03-03', { cookie: staff });
  assert.equal((json.items as { action: string }[])[0]!.action, 'ledger.published');
});

test('a customer’s own entries lead to the published root; those of others aren’t shown', async () => {
  const { items: published } = (await call(world, 'GET', '/ledger/roots')).json as { items: Root[] };
  for (const [customer, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    const session = await ok(customer.api.GET('/api/v1/auth/session'));
    const others = await ok(other.api.GET('/api/v1/auth/session'));
    const { root, entries, text } = await proof(customer, '2026-03-02');
    assert.equal(root.root, published.find(({ day }) => day === '2026-03-02')!.root);
    assert.ok(!text.includes(others.customer!.id));
    for (const entry of entries) {
      assert.ok(entryHolds(entry, root));
      assert.equal(entry.fields[11], session.customer!.id);
    }
    // The same lines as the statement has, to the micro-yuan.
    const statement = await ok(customer.api.GET('/api/v1/statement'));
    const micro = (yuan: string) => BigInt(Math.round(Number(yuan) * 1e6)).toString();
    assert.deepEqual(
      entries.map(({ fields }) => [fields[0], fields[12], fields[13]]),
      statement.items.toReversed().map(({ id, amount, balance }) => [id, micro(amount), micro(balance)]),
    );
  }
});

test('whatever is changed in an entry, its place or the root, the check fails', async () => {
  const { root, entries } = await proof(alice, '2026-03-02');
  for (const entry of entries) {
    for (const [i, field] of entry.fields.entries())
      assert.ok(!entryHolds({ ...entry, fields: entry.fields.with(i, `${field}1`) }, root), `field ${i}`);
    assert.ok(!entryHolds({ ...entry, index: (entry.index + 1) % root.entries }, root));
    assert.ok(!entryHolds({ ...entry, path: entry.path.slice(1) }, root));
    assert.ok(!entryHolds(entry, { ...root, entries: root.entries * 2 }));
  }
  for (const change of [{ day: '2026-03-01' }, { brand: 'other' }, { entries: root.entries + 1 }])
    assert.ok(!rootHolds({ ...root, ...change }));
});

test('a day that isn’t sealed has no proof, a day without own entries an empty one', async () => {
  const { status } = await call(world, 'GET', '/ledger/proof?day=2026-03-04', { cookie: alice.api.cookie() });
  assert.equal(status, 404);
  const { root, entries } = await proof(alice);
  assert.equal(root.day, '2026-03-03');
  assert.deepEqual(entries, []);
});

test('the trial balance is even at every instant, and balances are what they were then', async () => {
  const at = async (path: string) => (await call(world, 'GET', path, { cookie: staff })).json;
  for (const instant of ['2026-03-01T00:00:00Z', '2026-03-02T16:00:00Z', '2026-03-04T02:00:00Z']) {
    const { debit, credit } = await at(`/staff/ledger/trial-balance?at=${instant}`);
    assert.equal(debit, credit);
    assert.equal(debit === '0.00', instant === '2026-03-01T00:00:00Z');
  }
  const { customer } = await ok(alice.api.GET('/api/v1/auth/session'));
  const then = await at(`/staff/ledger/balances?customer=${customer!.id}&at=2026-03-02T16:00:00Z`);
  assert.deepEqual(then.items, [{ kind: 'customer_cash', owner: customer!.id, balance: '10.10' }]);
  const before = await at(`/staff/ledger/balances?customer=${customer!.id}&at=2026-03-01T00:00:00Z`);
  assert.deepEqual(before.items, []);
});
