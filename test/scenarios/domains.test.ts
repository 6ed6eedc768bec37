import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { BrandSite } from '../support/brand-site.ts';
import { TwoStaff } from '../support/two-staff.ts';
import { testWorld } from '../support/world.ts';

/** Whose a domain is, shown by its DNS, looked at again, lost, and what its filings do then. */

const ZONE = 'Asia/Shanghai';
let world: World;
let site: BrandSite;

before(async () => {
  world = await testWorld({ seed: true });
  site = new BrandSite(world, 'asiayun');
});

interface Claim {
  id: string;
  domain: string;
  shown: string;
  state: string;
  missing_since: string | null;
  end_reason: string | null;
  proof: { dns: { name: string; text: string } } | null;
}

async function claims(customer: StoryCustomer): Promise<Claim[]> {
  const { json } = await site.ask('GET', '/domains', customer.api.cookie());
  return json.items as Claim[];
}

async function claim(customer: StoryCustomer, domain: string): Promise<Claim> {
  const made = await site.ask('POST', '/domains', customer.api.cookie(), { domain });
  assert.equal(made.status, 201, String(made.bytes));
  return (await claims(customer)).find(({ id }) => id === made.json.id)!;
}

async function prove(customer: StoryCustomer, { id }: Claim): Promise<string> {
  const body = { method: 'dns' };
  const reply = await site.ask('POST', `/domains/${id}/proof`, customer.api.cookie(), body);
  return reply.status === 204 ? 'proven' : String(reply.json.code);
}

function setUp({ proof }: Claim): void {
  const { name, text } = proof!.dns;
  world.names.txt.set(name, [...(world.names.txt.get(name) ?? []), text]);
}

test('[asiayun 4.5.1-icp] a domain is the customer’s once its record is there; another takes it only with a proof when the first is gone', async () => {
  const [first, second] = [await site.customer(null), await site.customer(null)];
  const own = await claim(first, '例子.中国');
  assert.deepEqual([own.domain, own.shown, own.state], ['xn--fsqu00a.xn--fiqs8s', '例子.中国', 'asked']);
  assert.equal(await prove(first, own), 'proof-missing');
  world.names.broken = true;
  assert.equal(await prove(first, own), 'proof-unavailable');
  world.names.broken = false;
  setUp(own);
  assert.equal(await prove(first, own), 'proven');
  const twice = await site.ask('POST', '/domains', first.api.cookie(), { domain: '例子。中国' });
  assert.equal(twice.json.code, 'domain-claimed');

  const other = await claim(second, '例子.中国');
  assert.notEqual(other.proof!.dns.text, own.proof!.dns.text, 'nobody’s proof is another’s');
  assert.equal(await prove(second, other), 'proof-missing');
  setUp(other);
  assert.equal(await prove(second, other), 'domain-held');
  world.names.txt.set(other.proof!.dns.name, [other.proof!.dns.text]);
  world.names.broken = true;
  assert.equal(await prove(second, other), 'proof-unavailable', 'an outage takes nobody’s domain');
  world.names.broken = false;
  assert.equal(await prove(second, other), 'proven');
  const [lost] = await claims(first);
  assert.deepEqual([lost!.state, lost!.end_reason, lost!.proof], ['lost', 'another', null]);
  const foreign = await site.ask('DELETE', `/domains/${other.id}`, first.api.cookie());
  assert.equal(foreign.status, 404);
});

test('a proof is looked for again each week; missing for three days it is lost, and its filings with it', async () => {
  const customer = await site.customer(null);
  const own = await claim(customer, 'example.com.cn');
  setUp(own);
  assert.equal(await prove(customer, own), 'proven');
  const filing = { kind: 'icp-filing', number: '沪ICP备2026000001号', subject: '张三' };
  const made = await site.ask('POST', '/filings', customer.api.cookie(), {
    ...{ ...filing, domain: 'www.example.com.cn' },
  });
  assert.equal(made.status, 201, String(made.bytes));
  const staff = await TwoStaff.at(world, 'asiayun');
  const decision = { approve: true, reason: '已核对' };
  assert.equal((await staff.one('POST', `/staff/filings/${made.json.id}/decision`, decision)).status, 204);
  const website = async () => {
    const cookie = customer.api.cookie();
    return (await site.ask('GET', '/gates/website?domain=www.example.com.cn', cookie)).json.open;
  };
  assert.equal(await website(), true);

  const later = async (days: number) => {
    await world.advanceTo(addDays(world.clock.now(), days, ZONE));
    await customer.stayIn(world.clock.now());
  };
  const state = async () => (await claims(customer))[0]!;
  await later(8);
  assert.deepEqual([(await state()).state, (await state()).missing_since], ['proven', null]);
  world.names.broken = true;
  await later(20);
  assert.equal((await state()).missing_since, null, 'an outage of weeks says nothing');
  world.names.broken = false;
  const kept = world.names.txt.get(own.proof!.dns.name)!;
  world.names.txt.delete(own.proof!.dns.name);
  await later(1);
  assert.ok((await state()).missing_since, 'it is asked daily until it answers again');
  world.names.txt.set(own.proof!.dns.name, kept);
  await later(1);
  assert.equal((await state()).missing_since, null, 'back in time');
  world.names.txt.delete(own.proof!.dns.name);
  await later(8);
  assert.deepEqual([(await state()).state, (await state()).missing_since !== null], ['proven', true]);
  assert.equal(await website(), true, 'three days are left');
  await later(3);
  assert.deepEqual([(await state()).state, (await state()).end_reason], ['lost', 'gone']);
  assert.equal(await website(), false);
  const [gone] = (await site.ask('GET', '/filings', customer.api.cookie())).json.items as { state: string }[];
  assert.equal(gone!.state, 'withdrawn');
  await world.drain();
  const { items } = (await site.ask('GET', '/notices', customer.api.cookie())).json as {
    items: { subject: string }[];
  };
  const told = items.map(({ subject }) => subject).filter((subject) => subject.includes('example.com.cn'));
  assert.ok(told.some((subject) => subject.includes('不见了')));
  assert.ok(told.some((subject) => subject.includes('不再视为')));
});
