import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { addDays, naturalDay } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { Customer, DAYS, inOrder, SAID_ONLY, said, ZONE } from '../support/ahead.ts';
import { STORE } from '../support/arrears.ts';
import { BRANDS } from '../support/brands.ts';
import { event, labOf } from '../support/metering.ts';
import { beforeWorlds, testWorld } from '../support/world.ts';

/** What was announced and what nobody corrects: revisions, disagreements, ends with notice, contacts. */

const START = new Date('2026-03-02T02:00:00Z');
const people: [string, Customer, foretells: string[]][] = [];
let brandsDir: string;
let world: World;

async function person(name: string, brand: string, balance: string, ...foretells: string[]) {
  const customer = await new Customer(world, brand).ready(balance);
  people.push([name, customer, foretells]);
  return customer;
}

before(async () => {
  brandsDir = await mkdtemp(join(tmpdir(), 'cloudpact-ahead-'));
  beforeWorlds(() => rm(brandsDir, { recursive: true, force: true }));
  for (const brand of ['lantian', 'asiayun', 'qiniu'])
    await cp(join(BRANDS, brand), join(brandsDir, brand), { recursive: true });
  // 七牛云 sells nothing by the month; its terms are tried here on what 蓝天云 sells, beside storage.
  const catalogue = parse(await readFile(join(brandsDir, 'lantian/catalogue.yaml'), 'utf8')) as object;
  await writeFile(join(brandsDir, 'qiniu/catalogue.yaml'), stringify({ ...catalogue, metered: [STORE] }));
  await edit('qiniu', ['parameters:', 'parameters:\n  expiry: { clause: "7.2", suspend: at-once }']);
  world = await testWorld({ start: START, brandsDir });
  await uncorrected();
  await endedByOperator();
  const disagree = [await inLantian(), await inQiniu()];
  await world.advanceTo(addDays(world.clock.now(), 1, ZONE));
  const today = naturalDay(world.clock.now(), ZONE);
  for (const brand of ['lantian', 'asiayun', 'qiniu'])
    await edit(brand, [/version: ".*"/, `version: "${today}"`]);
  await edit('lantian', ['grace_days: 3', 'grace_days: 4']);
  await world.reopen();
  await world.advanceTo(world.clock.now());
  for (const { story } of disagree) await ok(story.api.POST('/api/v1/terms/disagreement'));
  for (const [, customer] of people) customer.foretold = await customer.look();
});

async function edit(brand: string, [from, to]: [string | RegExp, string]): Promise<void> {
  const path = join(brandsDir, brand, 'terms.yaml');
  const text = await readFile(path, 'utf8');
  assert.notEqual(text.replace(from, to), text, `${String(from)} is in the file`);
  await writeFile(path, text.replace(from, to));
}

/** One machine renews itself and one doesn't; two contacts are found to reach nobody, a week apart. */
async function uncorrected(): Promise<void> {
  const customer = await person(
    'contacts that nobody corrects',
    'asiayun',
    '90',
    'measure.ban',
    'service.held',
  );
  await customer.autoRenew(await customer.buy());
  await customer.buy({ hostname: 'web2' });
  for (const [kind, value] of [
    ['qq', '10001000'],
    ['email', customer.story.email],
  ] as const) {
    if (kind === 'qq')
      await ok(customer.story.api.PUT('/api/v1/account/contacts', { body: { kind, value } }));
    const params = { path: { id: customer.id } };
    const body = { kind, detail: '联系不上' };
    const staff = await customer.staff();
    await ok(staff.POST('/api/v1/staff/customers/{id}/contact-faults', { params, body }));
    await world.advanceTo(addDays(world.clock.now(), 2, ZONE));
  }
}

async function endedByOperator(): Promise<void> {
  const customer = await person('an end that the operator announced', 'qiniu', '100', 'service.ended');
  const id = await customer.buy();
  const staff = await customer.staff();
  const params = { path: { id } };
  await ok(staff.POST('/api/v1/staff/services/{id}/end', { params, body: { reason: '机房停用' } }));
}

/** Of two at 蓝天云, who neither accepts nor refuses goes on as it was. */
async function inLantian(): Promise<Customer> {
  const silent = await person('a revision that nobody answers', 'lantian', '25', 'service.deleted');
  await silent.autoRenew(await silent.buy());
  const against = await person('a disagreement', 'lantian', '60', 'terms.disagreement-done');
  await against.autoRenew(await against.buy());
  await against.buy({ hostname: 'web2' });
  return against;
}

async function inQiniu(): Promise<Customer> {
  const name = 'a disagreement with what is to hold, and storage that is used until then';
  const against = await person(name, 'qiniu', '90', 'terms.in-force', 'terms.disagreement-done');
  await against.buy();
  const meter = await labOf(world, against.story, against.url);
  await meter.open('bucket', 'store');
  const sent = await meter.send([event('store.level', 'bucket', world.clock.now(), { units: 2 })]);
  assert.equal(sent.status, 200);
  return against;
}

test('[asiayun 4.5.1-contact] [asiayun 11] [lantian 6.2] [qiniu 7.3.4] [qiniu 3.1.1] what was announced, and what nobody corrects, ends as foretold', async (t) => {
  await world.advanceTo(addDays(world.clock.now(), DAYS, ZONE));
  for (const [name, customer, foretells] of people)
    await t.test(name, async () => {
      const foretold = customer.foretold!;
      for (const act of foretells)
        assert.ok(
          foretold.lines.some((line) => line.act === act),
          `${act} in ${foretold.lines.map((line) => line.act).join(' ')}`,
        );
      const lines = foretold.lines.filter(({ act }) => !SAID_ONLY.has(act)).map(said);
      assert.deepEqual(inOrder(lines), inOrder(await customer.happened(foretold)));
    });
});

test('[asiayun 11] what a revision will ask of its customer is what it asks when it holds', async () => {
  const asked = people.flatMap(([, customer]) =>
    customer
      .foretold!.lines.filter(({ act }) => act === 'terms.in-force')
      .map((line) => ({ customer, line })),
  );
  assert.deepEqual([...new Set(asked.map(({ line }) => line.facts.by))].sort(), ['accept', 'use']);
  for (const { customer, line } of asked) {
    await customer.story.stayIn(world.clock.now());
    const { terms } = await ok(customer.story.api.GET('/api/v1/auth/session'));
    assert.deepEqual(
      [terms.revision?.version, terms.revision?.by, terms.revision?.effective_at],
      [line.subject.id, line.facts.by, line.at.toISOString()],
    );
  }
});

test('what is kept has the contact corrected: nothing is asked for because of a ban', async () => {
  const [, customer] = people[0]!;
  const { needs, lines } = customer.foretold!;
  const banned = lines.find(({ act }) => act === 'measure.ban')!.at;
  assert.ok(
    needs.some(({ by }) => by > banned),
    'what runs on is paid for after it',
  );
});
