import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { addDays, addMinutes } from '#kernel/time.ts';
import { catalogueLoad } from '#modules/catalogue/index.ts';
import { noticesEvidence } from '#modules/notify/index.ts';
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

interface Shut {
  subject_id: string;
  clause_id: string;
  notices: string[];
}

/** What closed ports of these services, with the notices that it cites. */
function shutActs(ids: string[]): Promise<Shut[]> {
  return world.server.house.db
    .selectFrom('audit_event')
    .select(['subject_id', 'clause_id', 'notices'])
    .where('subject_id', 'in', ids)
    .where('action', '=', 'web.shut')
    .orderBy('subject_id')
    .execute() as Promise<Shut[]>;
}

test('[asiayun 4.5.1-icp] [asiayun 3.6] machines follow a region that a catalogue moves into the mainland, and out of it; whose ports shut is told once, by the channels of the terms', async () => {
  const customer = await site.customer('200');
  const abroad = await machine(customer, 'hk');
  const second = await machine(customer, 'hk');
  const staff = await TwoStaff.at(world, 'asiayun', 'fourth');
  const filer = await site.customer('200');
  world.names.txt.clear();
  await filer.ownDomain(world.names, 'example.com');
  await filed(filer, staff, null);
  const kept = await machine(filer, 'hk');
  assert.deepEqual(await led(abroad), ALL);
  await hongKong(true);
  assert.deepEqual([await shut(customer, abroad), await led(abroad)], [WEB, OTHERS]);
  assert.deepEqual([await shut(filer, kept), await led(kept)], [[], ALL], 'a filing counts');

  const { db } = world.server.house;
  const acts = await shutActs([abroad, second, kept]);
  assert.deepEqual(
    acts.map(({ subject_id, clause_id }) => [subject_id, clause_id]),
    [abroad, second].sort().map((id) => [id, '4.5.1-icp']),
  );
  const cited = acts.flatMap(({ notices }) => notices);
  assert.deepEqual([cited.length, new Set(cited).size], [2, 1], 'both acts rest on one notice');
  const [told] = await noticesEvidence(db, [cited[0]!]);
  const ways = told!.ways.map(({ channel }) => channel).sort();
  assert.deepEqual(
    ways,
    ['email', 'in-site', 'sms'],
    'by the terms: mail and SMS; by staff where neither arrives',
  );
  const mails = async (to: StoryCustomer) => {
    const { json } = await site.ask('GET', '/dev/mailbox', '');
    const items = json.items as { to: string; subject: string; body: string }[];
    return items.filter((item) => item.to === to.email && item.subject.includes('80、443'));
  };
  const [mail] = await mails(customer);
  assert.deepEqual(await mails(filer), [], 'who has a filing is told nothing');
  const { json } = await site.ask('GET', '/services', customer.api.cookie());
  for (const { id, label } of json.items as { id: string; label: string }[])
    if ([abroad, second].includes(id)) assert.ok(mail!.body.includes(label), label);
  assert.match(mail!.subject, /^香港按中国大陆管理/);
  assert.match(mail!.body, /条款 4\.5\.1-icp[\s\S]*如何恢复：请在“备案与许可”中登记/);

  await hongKong(false);
  assert.deepEqual([await shut(customer, abroad), await led(abroad)], [[], ALL]);
  assert.equal((await mails(customer)).length, 1, 'one notice for one change');
  await hongKong(true);
  assert.equal((await mails(customer)).length, 2, 'another change is told anew');
});
