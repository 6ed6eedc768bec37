import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { systemClock } from '#kernel/clock.ts';
import { contentDigest } from '#kernel/message-signature.ts';
import { apiClient, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { keyOf } from '../support/keys.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** What docs/api.md says of API keys works as it stands there. */

const run = promisify(execFile);

let world: World;
let customer: StoryCustomer;
let text: string;
before(async () => {
  world = await testWorld({ ticking: true, start: systemClock.now() });
  customer = await readyCustomer(world, '50');
  text = await readFile(join(import.meta.dirname, '../../docs/api.md'), 'utf8');
});

/** The block of the document that begins with this line. */
function block(first: string): string {
  const start = text.indexOf(first);
  assert.ok(start > 0, `docs/api.md has no longer: ${first}`);
  return text.slice(start, text.indexOf('\n```', start));
}

const api = () => `${world.url}/api/v1`;

test('curl with a bearer key', async () => {
  const { bearer } = await keyOf(world, customer);
  const [, line = ''] = block('# curl with a bearer key').split('\n');
  const [, header, url] = /^curl -sS -H "(.+)" "(.+)"$/.exec(line) ?? assert.fail(line);
  const { stdout } = await run('curl', [
    '-sS',
    '-H',
    header!.replace('$BEARER', bearer!),
    url!.replace('$API', api()),
  ]);
  assert.deepEqual(JSON.parse(stdout), { items: [], next: null });
});

test('curl and openssl sign', async () => {
  const { id, secret } = await keyOf(world, customer, { kind: 'signed' });
  const env = { ...process.env, API: api(), KEY_ID: id, KEY_SECRET: secret };
  const { stdout } = await run('sh', ['-c', block('# sh sign.sh')], { env });
  assert.match(stdout, /^\{"lines":.*"total":"9.90".*\}\{"items":\[.*\}$/s);
});

test('node without any package signs', async () => {
  const { id, secret } = await keyOf(world, customer, { kind: 'signed' });
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-sign-'));
  try {
    const file = join(dir, 'sign.mjs');
    await writeFile(file, block('// node sign.mjs'));
    const env = { ...process.env, API: api(), KEY_ID: id, KEY_SECRET: secret };
    const { stdout } = await run(process.execPath, [file], { env });
    assert.equal(stdout.trim(), '200 200');
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('the test vector', () => {
  const base = block('"@method": POST');
  const secret = /Test vector: secret `([^`]+)`, body `([^`]+)`/.exec(text)!;
  assert.ok(base.includes(`"content-digest": ${contentDigest(Buffer.from(secret[2]!))}`));
  const signature = createHmac('sha256', secret[1]!).update(base).digest('base64');
  assert.ok(text.includes(`Its signature is \`${signature}\``), signature);
});

test('the typed client signs, and orders', async () => {
  const key = await keyOf(world, customer, { kind: 'signed', areas: { services: 'write', money: 'write' } });
  const client = apiClient(world.url, { key });
  const body = {
    plan: 'nat-s',
    region: 'hk',
    image: 'debian-12',
    hostname: 'web1',
    months: 1,
    access: PASSWORD_ACCESS,
  };
  const { service_id } = await ok(client.POST('/api/v1/orders', { body }));
  const params = { path: { id: service_id } };
  assert.equal((await ok(client.GET('/api/v1/services/{id}', { params }))).id, service_id);
  const { bearer } = await keyOf(world, customer);
  const other = apiClient(world.url, { key: { bearer: bearer! } });
  assert.equal((await ok(other.GET('/api/v1/services', {}))).items.length, 1);
});
