import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { addDays, addMinutes } from '#kernel/time.ts';
import { catalogueLoad } from '#modules/catalogue/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { BrandSite } from '../support/brand-site.ts';
import { TwoStaff } from '../support/two-staff.ts';
import { beforeWorlds, PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Ports 80 and 443 of machines in the mainland: shut until a filing of the customer's counts, and again when it ends. */

let world: World;
let site: BrandSite;
let brandsDir: string;

before(async () => {
  brandsDir = await mkdtemp(join(tmpdir(), 'cloudpact-regions-'));
  beforeWorlds(() => rm(brandsDir, { recursive: true, force: true }));
  await cp(join(import.meta.dirname, '../../brands'), brandsDir, { recursive: true });
  world = await testWorld({ seed: true, brandsDir });
  site = new BrandSite(world, 'asiayun');
});

interface Mapping {
  protocol: string;
  listen_port: number;
  target_port: number;
  shut: boolean;
}

async function machine(customer: StoryCustomer, region: string): Promise<string> {
  const id = await customer.order({ plan: 'ay-1', region, access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
  for (const [protocol, target_port] of [
    ['tcp', 80],
    ['tcp', 443],
    ['udp', 443],
    ['tcp', 8080],
  ]) {
    const body = { protocol, target_port };
    const made = await site.ask('POST', `/services/${id}/mappings`, customer.api.cookie(), body);
    assert.equal(made.status, 201, String(made.bytes));
  }
  return id;
}

/** What the customer is shown as shut, by "tcp 80". */
async function shut(customer: StoryCustomer, id: string): Promise<string[]> {
  const { json } = await site.ask('GET', `/services/${id}/mappings`, customer.api.cookie());
  const items = (json.items as Mapping[]).filter((mapping) => mapping.shut);
  return items.map(({ protocol, target_port }) => `${protocol} ${target_port}`).sort();
}

/** What the node itself leads to the machine. */
async function led(id: string): Promise<string[]> {
  await world.drain();
  const { db, config } = world.server.house;
  const { name } = await db
    .selectFrom('compute_instance')
    .select('name')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const text = await readFile(`${config.dataDir}/simulated.json`, 'utf8');
  const found = findSpec(JSON.parse(text), name);
  return found.map(({ protocol, targetPort }) => `${protocol} ${targetPort}`).sort();
}

interface Port {
  protocol: string;
  targetPort: number;
}

function findSpec(node: unknown, name: string): Port[] {
  if (typeof node !== 'object' || node === null) return [];
  const { spec } = node as { spec?: { name: string; ports: Port[] } };
  if (spec?.name === name) return spec.ports;
  return Object.values(node).flatMap((inner) => findSpec(inner, name));
}

const WEB = ['tcp 443', 'tcp 80', 'udp 443'];
const OTHERS = ['tcp 22', 'tcp 8080'];
const ALL = [...WEB, ...OTHERS].sort();

const FILING = { kind: 'icp-filing', number: '粤ICP备2026000001号', domain: 'example.com', subject: '张三' };

async function filed(customer: StoryCustomer, staff: TwoStaff, validUntil: string | null): Promise<string> {
  const filing = { ...FILING, valid_until: validUntil };
  const made = await site.ask('POST', '/filings', customer.api.cookie(), filing);
  assert.equal(made.status, 201, String(made.bytes));
  const decision = { approve: true, reason: '已核对' };
  const path = `/staff/filings/${made.json.id}/decision`;
  assert.equal((await staff.one('POST', path, decision)).status, 204);
  return String(made.json.id);
}

test('[asiayun 4.5.1-icp] ports 80 and 443 of a machine in the mainland open with the filing, and shut with its end; others never', async () => {
  const staff = await TwoStaff.at(world, 'asiayun');
  const customer = await site.customer('500');
  const mainland = await machine(customer, 'cn-south');
  const abroad = await machine(customer, 'hk');
  assert.deepEqual([await shut(customer, mainland), await led(mainland)], [WEB, OTHERS]);
  assert.deepEqual([await shut(customer, abroad), await led(abroad)], [[], ALL]);

  await customer.ownDomain(world.names, 'example.com');
  const first = await filed(customer, staff, null);
  assert.deepEqual([await shut(customer, mainland), await led(mainland)], [[], ALL]);
  const withdrawn = await site.ask('DELETE', `/filings/${first}`, customer.api.cookie());
  assert.equal(withdrawn.status, 204);
  assert.deepEqual([await shut(customer, mainland), await led(mainland)], [WEB, OTHERS]);

  const end = addDays(world.clock.now(), 10, 'Asia/Shanghai');
  await filed(customer, staff, end.toISOString().slice(0, 10));
  assert.deepEqual(await led(mainland), ALL);
  await world.advanceTo(addDays(end, 2, 'Asia/Shanghai'));
  await customer.stayIn(world.clock.now());
  assert.deepEqual([await shut(customer, mainland), await led(mainland)], [WEB, OTHERS], 'run out');
  assert.deepEqual(await led(abroad), ALL);
  const acts = await world.server.house.db
    .selectFrom('audit_event')
    .select(['action', 'clause_id'])
    .where('subject_id', '=', mainland)
    .where('action', 'in', ['web.shut', 'web.opened'])
    .orderBy('id')
    .execute();
  assert.deepEqual(
    acts.map(({ action, clause_id }) => `${action} ${clause_id}`),
    ['web.opened', 'web.shut', 'web.opened', 'web.shut'].map((action) => `${action} 4.5.1-icp`),
  );
});

test('a machine that is bought while a filing counts has them open; a restriction of websites shuts them', async () => {
  const staff = await TwoStaff.at(world, 'asiayun', 'second');
  const customer = await site.customer('200');
  world.names.txt.clear();
  const domain = 'example.org';
  await customer.ownDomain(world.names, domain);
  const body = { kind: 'icp-filing', number: '粤ICP备2026000002号', domain, subject: '张三' };
  const made = await site.ask('POST', '/filings', customer.api.cookie(), body);
  const decision = { approve: true, reason: '已核对' };
  await staff.one('POST', `/staff/filings/${made.json.id}/decision`, decision);
  const id = await machine(customer, 'cn-south');
  assert.deepEqual(await led(id), ALL);
  const { json } = await site.ask('GET', '/auth/session', customer.api.cookie());
  const path = `/staff/customers/${(json.customer as { id: string }).id}/restrictions`;
  const placed = await staff.one('POST', path, { acts: ['website'], reason: '未备案内容' });
  assert.equal(placed.status, 201, String(placed.bytes));
  assert.deepEqual(await led(id), OTHERS);
  const lifted = await staff.one('POST', `/staff/restrictions/${placed.json.id}/lift`, { reason: '已整改' });
  assert.equal(lifted.status, 204);
  assert.deepEqual(await led(id), ALL);
});

test('[asiayun 4.5.1-icp] a filing that staff revoke counts no more: its ports shut at once, the customer is told why', async () => {
  const staff = await TwoStaff.at(world, 'asiayun', 'third');
  const customer = await site.customer('200');
  world.names.txt.clear();
  await customer.ownDomain(world.names, 'example.com');
  const id = await filed(customer, staff, null);
  const mainland = await machine(customer, 'cn-south');
  assert.deepEqual(await led(mainland), ALL);
  const path = `/staff/filings/${id}/revocation`;
  assert.equal((await staff.one('POST', path, {})).status, 400, 'not without a reason');
  const reason = '主管部门已注销该备案';
  assert.equal((await staff.one('POST', path, { reason })).status, 204);
  assert.deepEqual([await shut(customer, mainland), await led(mainland)], [WEB, OTHERS]);
  const again = await staff.one('POST', path, { reason });
  assert.deepEqual([again.status, again.json.code], [409, 'filing-over']);
  const { json } = await site.ask('GET', '/filings', customer.api.cookie());
  const [shown] = json.items as { id: string; state: string; decision_reason: string }[];
  assert.deepEqual([shown!.id, shown!.state, shown!.decision_reason], [id, 'revoked', reason]);
  const { db } = world.server.house;
  const act = await db
    .selectFrom('audit_event')
    .select(['actor_kind', 'clause_id', 'facts', 'notices'])
    .where('subject_id', '=', id)
    .where('action', '=', 'filing.revoked')
    .executeTakeFirstOrThrow();
  const { before: was, after: is, reason: why } = act.facts as Record<string, unknown>;
  assert.deepEqual(
    [act.actor_kind, act.clause_id, was, is, why],
    ['staff', '4.5.1-icp', { state: 'approved' }, { state: 'revoked' }, reason],
  );
  await world.drain();
  const mailbox = await site.ask('GET', '/dev/mailbox', '');
  const items = mailbox.json.items as { to: string; body: string }[];
  const told = items.filter(({ to, body }) => to === customer.email && body.includes(reason));
  assert.equal(told.length, 1);
  assert.match(told[0]!.body, /粤ICP备2026000001号（example\.com）：已撤销/);
  assert.equal(
    (await site.ask('POST', '/filings', customer.api.cookie(), FILING)).status,
    201,
    'entered anew',
  );
});

async function hongKong(mainland: boolean): Promise<void> {
  const path = join(brandsDir, 'asiayun/catalogue.yaml');
  const text = await readFile(path, 'utf8');
  const next = text.replace(/(id: hk, mainland: )(true|false)/, `$1${mainland}`);
  assert.notEqual(next, text);
  await writeFile(path, next);
  await asSystem(world.server.house, 'asiayun', 'test', (tx, ctx) => catalogueLoad(tx, ctx));
  await world.advanceTo(addMinutes(world.clock.now(), 1));
}

test('machines follow a region that a loaded catalogue moves into the mainland, and out of it, by themselves', async () => {
  const customer = await site.customer('200');
  const abroad = await machine(customer, 'hk');
  assert.deepEqual(await led(abroad), ALL);
  await hongKong(true);
  assert.deepEqual([await shut(customer, abroad), await led(abroad)], [WEB, OTHERS]);
  await hongKong(false);
  assert.deepEqual([await shut(customer, abroad), await led(abroad)], [[], ALL]);
});
