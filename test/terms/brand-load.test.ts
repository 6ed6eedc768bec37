import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Brands } from '#kernel/brands.ts';
import { systemClock } from '#kernel/clock.ts';
import { addMinutes, naturalDay } from '#kernel/time.ts';
import { apiClient, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { beforeWorlds, PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** `./cloudpact brand load` beside a deployment that runs. */

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
let world: World;
let brandsDir: string;
let work: string;

before(async () => {
  brandsDir = await mkdtemp(join(tmpdir(), 'cloudpact-loaded-'));
  work = await mkdtemp(join(tmpdir(), 'cloudpact-work-'));
  beforeWorlds(async () => {
    await rm(brandsDir, { recursive: true, force: true });
    await rm(work, { recursive: true, force: true });
  });
  await cp(join(ROOT, 'brands'), brandsDir, { recursive: true });
  world = await testWorld({ brandsDir, ticking: true, start: systemClock.now() });
});

function load(dir: string, ...options: string[]): Promise<{ code: number; said: string }> {
  return cloudpact('load', dir, ...options);
}

async function cloudpact(...words: string[]): Promise<{ code: number; said: string }> {
  const env = { ...process.env, DATABASE_URL: world.databaseUrl, CLOUDPACT_BRANDS_DIR: brandsDir };
  return run(process.execPath, ['server/cli/main.ts', 'brand', ...words], { cwd: ROOT, env }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
  );
}

/** A copy of one of our brands to work on. */
async function draft(brand: string, as: string, ...edits: [string, string | RegExp, string][]) {
  const dir = join(work, as);
  await rm(dir, { recursive: true, force: true });
  await cp(join(ROOT, 'brands', brand), dir, { recursive: true });
  for (const [file, from, to] of edits) {
    const text = await readFile(join(dir, file), 'utf8');
    assert.notEqual(text.replace(from, to), text, `the edit of ${file} changes something`);
    await writeFile(join(dir, file), text.replace(from, to));
  }
  return dir;
}

async function soon(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 250; tries++) {
    if (await check()) return;
    await sleep(20);
  }
  throw new Error('it did not come');
}

const today = () => naturalDay(systemClock.now(), 'Asia/Shanghai');

test('a new brand is added beside the others, and a deployment that runs serves it at once', async () => {
  const dir = await draft('lantian', 'fresh', ['brand.yaml', 'id: lantian', 'id: fresh']);
  const text = await readFile(join(dir, 'brand.yaml'), 'utf8');
  await writeFile(
    join(dir, 'brand.yaml'),
    text.replace(/^default: true\n/m, '').replace(/^domains: .*$/m, 'domains: []'),
  );
  const reply = await load(dir);
  assert.equal(reply.code, 0, reply.said);
  assert.match(reply.said, /fresh: added\.[\s\S]*fresh: terms 2025-07-19 hold from now on\./);
  await soon(async () => world.server.house.brands.all.some(({ id }) => id === 'fresh'));
  const { brands } = world.server.house;
  const api = apiClient(brands.url(brands.get('fresh'), world.url));
  assert.equal((await ok(api.GET('/api/v1/brand'))).id, 'fresh');
  assert.equal((await ok(api.GET('/api/v1/terms'))).version, '2025-07-19');
  assert.match((await load(dir)).said, /fresh: as it was\./, 'again changes nothing');
});

test('a revision is announced as it is loaded, with what it changes', async () => {
  const dir = await draft(
    'qiniu',
    'qiniu-next',
    ['terms.yaml', /version: ".*"/, `version: "${today()}"`],
    ['terms.yaml', 'end_days: 7', 'end_days: 9'],
  );
  const reply = await load(dir);
  assert.equal(reply.code, 0, reply.said);
  assert.match(
    reply.said,
    /qiniu: updated\.\n {2}Version of the terms: .*\n {2}§ 3\.1\.1 .*end_days is 9 instead of 7/,
  );
  assert.match(reply.said, new RegExp(`qiniu: terms ${today()} are announced and hold from `));
  const { brands } = world.server.house;
  const api = apiClient(brands.url(brands.get('qiniu'), world.url));
  const [revision] = (await ok(api.GET('/api/v1/terms/revisions'))).items;
  assert.deepEqual([revision!.version, revision!.in_force], [today(), false]);
});

test('what is refused changes nothing, and names the operator’s own file', async () => {
  const wrong: [dir: string, said: RegExp][] = [
    [
      await draft('lantian', 'lantian', ['terms.yaml', 'grace_days: 3', 'grace_days: -3']),
      /work-\w+\/lantian\/terms\.yaml:\d+: parameters\.expiry\.grace_days: /,
    ],
    [
      await draft('lantian', 'lantian-2', ['terms.yaml', 'grace_days: 3', 'grace_days: 4']),
      /lantian-2\/terms\.yaml:3: version: version 2025-07-19 was published with another text/,
    ],
    [
      await draft('lantian', 'lantian-3', ['terms.yaml', '"2025-07-19"', '"2025-08-01"']),
      /lantian-3\/terms\.yaml:3: version: 2025-08-01 is dated in the past/,
    ],
    [
      await draft(
        'asiayun',
        'asiayun',
        ['terms.yaml', '"2021-04-05"', `"${today()}"`],
        ['terms.yaml', 'days_before: [7, 3, 1]', 'days_before: [9]'],
      ),
      // It extends 亚云: dated anew with it, or not at all.
      /loaded-\w+\/wujiyun\/terms\.yaml:\d+: version: .*another text/,
    ],
    [join(work, 'nothing'), /there is no brand in/],
  ];
  for (const [dir, said] of wrong) {
    const state = async () => [
      await readdir(brandsDir),
      await readFile(join(brandsDir, 'lantian/terms.yaml'), 'utf8'),
      await readFile(join(brandsDir, 'asiayun/terms.yaml'), 'utf8'),
    ];
    const kept = await state();
    const reply = await load(dir);
    assert.equal(reply.code, 1, dir);
    assert.match(reply.said, said);
    assert.deepEqual(await state(), kept, 'no folder is touched, and none of ours is left behind');
  }
});

test('brands that extend each other are loaded together', async () => {
  const dir = join(work, 'both');
  for (const brand of ['asiayun', 'wujiyun']) {
    await cp(join(ROOT, 'brands', brand), join(dir, brand), { recursive: true });
    const path = join(dir, brand, 'terms.yaml');
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text
        .replace(/version: ".*"/, `version: "${today()}"`)
        .replace('days_before: [7, 3, 1]', 'days_before: [9]'),
    );
  }
  const reply = await load(dir);
  assert.equal(reply.code, 0, reply.said);
  for (const brand of ['asiayun', 'wujiyun'])
    assert.match(reply.said, new RegExp(`${brand}: terms ${today()} are announced`));
});

test('[asiayun 4.5.1-icp] a catalogue that moves a region into the mainland says first whom it cuts off, and is loaded only if that is meant', async () => {
  const { brands, db } = world.server.house;
  const customer = new StoryCustomer(brands.url(brands.get('asiayun'), world.url));
  await customer.getReady('200');
  const service = await customer.order({ plan: 'ay-1', region: 'hk', access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
  const dir = join(work, 'mainland', 'asiayun');
  await cp(join(brandsDir, 'asiayun'), dir, { recursive: true });
  const path = join(dir, 'catalogue.yaml');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('id: hk, mainland: false', 'id: hk, mainland: true'));
  const counted =
    /asiayun: ports 80 and 443 of 1 machine in hk shut \(1 customer has no filing that counts; each is told as it holds\)\./;
  const shut = async () =>
    (await db.selectFrom('compute_instance').select('web_shut').where('id', '=', service).executeTakeFirst())!
      .web_shut;

  const differs = await cloudpact('diff', join(brandsDir, 'asiayun'), dir);
  assert.match(
    differs.said,
    /Region hk comes into the mainland: ports 80 and 443 wait for a filing there \(§ 4\.5\.1-icp\)/,
  );
  assert.match(differs.said, counted);
  const before = await readFile(join(brandsDir, 'asiayun/catalogue.yaml'), 'utf8');
  const refused = await load(dir);
  assert.equal(refused.code, 1);
  assert.match(refused.said, counted);
  assert.match(refused.said, /nothing is loaded; if that is meant: brand load --shut-ports/);
  assert.equal(await readFile(join(brandsDir, 'asiayun/catalogue.yaml'), 'utf8'), before);
  assert.equal(await shut(), false);

  const meant = await load(dir, '--shut-ports');
  assert.equal(meant.code, 0, meant.said);
  assert.match(meant.said, counted);
  await world.advanceTo(addMinutes(world.clock.now(), 1));
  await soon(shut);
  assert.doesNotMatch((await load(dir)).said, /ports 80 and 443/, 'who is cut off already isn’t counted');
});

test('a load that was cut between two folders leaves the old one', async () => {
  await rename(join(brandsDir, 'lantian'), join(brandsDir, '.lantian.previous'));
  await cp(join(brandsDir, 'qiniu'), join(brandsDir, '.loading-cut', 'lantian'), { recursive: true });
  const brands = Brands.load(brandsDir);
  assert.equal(brands.get('lantian').name.zh, '蓝天云');
  assert.ok(!brands.all.some(({ id }) => id.startsWith('.')));
});
