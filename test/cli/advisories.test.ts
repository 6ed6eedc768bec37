import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { systemClock } from '#kernel/clock.ts';
import { addMs } from '#kernel/time.ts';
import { UPDATE_HOURS } from '#server/cli/advisories.ts';

/** `./cloudpact advisories`: npm asks a registry of ours what is known against the locked packages. */

const ROOT = join(import.meta.dirname, '../..');
const HOUR = 3_600_000;
let dir: string;
let registry: Server;
/** What the registry knows, by package. */
let known: Record<string, unknown[]> = {};
let asked: Record<string, string[]> = {};
let away = false;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cloudpact-advisories-'));
  registry = createServer((request, reply) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      reply.setHeader('content-type', 'application/json');
      if (request.method !== 'POST' || away) {
        reply.statusCode = 404;
        return reply.end('{}');
      }
      const body = Buffer.concat(parts);
      const zipped = request.headers['content-encoding'] === 'gzip';
      asked = JSON.parse((zipped ? gunzipSync(body) : body).toString()) as typeof asked;
      return reply.end(JSON.stringify(known));
    });
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  registry.close();
  await rm(dir, { recursive: true, force: true });
});

function cloudpact(...words: string[]): Promise<{ code: number; said: string }> {
  const { port } = registry.address() as AddressInfo;
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_cache: join(dir, 'npm'),
    npm_config_fetch_retries: '0',
  };
  const args = ['server/cli/main.ts', ...words, '--data', dir];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), said: `${stdout}${stderr}` }),
    );
  });
}

const advisory = (id: number, severity: string) => ({
  id,
  url: `https://example.com/${id}`,
  title: 'reads too much',
  severity,
  vulnerable_versions: '>=1.0.0',
  cwe: [],
  cvss: { score: 9, vectorString: null },
});

/** As if what is known had been known for so long already. */
async function aged(ms: number): Promise<void> {
  const path = join(dir, 'advisories.json');
  const state = JSON.parse(await readFile(path, 'utf8')) as { known: Record<string, { since: string }> };
  for (const one of Object.values(state.known)) one.since = addMs(new Date(one.since), -ms).toISOString();
  await writeFile(path, JSON.stringify(state));
}

const doctor = async () => /.*advisories of components.*/.exec((await cloudpact('doctor')).said)?.[0] ?? '';

test('the time frames are those that docs/operations.md promises', async () => {
  const text = await readFile(join(ROOT, 'docs/operations.en.md'), 'utf8');
  assert.match(text, new RegExp(`critical, or being exploited \\| ${UPDATE_HOURS.critical} hours`));
  assert.match(text, new RegExp(`high \\| ${UPDATE_HOURS.high / 24} days`));
  assert.match(text, new RegExp(`medium, low \\| ${UPDATE_HOURS.moderate / 24} days`));
  assert.equal(UPDATE_HOURS.low, UPDATE_HOURS.moderate);
});

test('what is known is told with its day; past it the command fails, updated it is forgotten', async () => {
  assert.match(await doctor(), /– .*nobody has looked up/);
  assert.deepEqual(await cloudpact('advisories'), { code: 0, said: 'Nothing is known against them.\n' });
  assert.deepEqual(asked.pino?.length, 1, 'npm asks about what is locked');
  assert.match(await doctor(), /✓ .*: nothing/);

  known = { pino: [advisory(11, 'critical')], fastify: [advisory(12, 'high')] };
  const fresh = await cloudpact('advisories');
  assert.equal(fresh.code, 0, fresh.said);
  assert.match(
    fresh.said,
    /^critical pino: reads too much \(https:\/\/example\.com\/11\), to be updated by .*\nhigh fastify/,
  );
  assert.match(await doctor(), /✓ .*2 in time/);

  await aged((UPDATE_HOURS.critical - 1) * HOUR);
  assert.equal((await cloudpact('advisories')).code, 0, 'an hour before');
  await aged(2 * HOUR);
  const late = await cloudpact('advisories');
  assert.equal(late.code, 1);
  assert.match(late.said, /critical pino: .*OVERDUE since .*\nhigh fastify.*to be updated by/);
  assert.match(await doctor(), /– .*critical pino.*OVERDUE/);

  known = { fastify: [advisory(12, 'high')] };
  const updated = await cloudpact('advisories');
  assert.deepEqual([updated.code, updated.said.split('\n').length], [0, 2], updated.said);
});

test('a registry that can’t be asked is no good news; who doesn’t look for two days is told', async () => {
  away = true;
  const { code, said } = await cloudpact('advisories');
  assert.equal(code, 1);
  assert.match(said, /the registry of npm could not be asked/);
  const path = join(dir, 'advisories.json');
  const state = JSON.parse(await readFile(path, 'utf8')) as { looked_at: string };
  await writeFile(path, JSON.stringify({ ...state, looked_at: addMs(systemClock.now(), -49 * HOUR) }));
  assert.match(await doctor(), /– .*more than 48 hours ago/);
});
