import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '#server/cli/command.ts';
import { identifyProcess } from '#server/local/supervise-process.ts';

const execute = promisify(execFile);
let dir: string;
let port: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cloudpact-moved-'));
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  port = String((probe.address() as { port: number }).port);
  await new Promise((resolve) => probe.close(resolve));
});

after(async () => {
  await world(['close']);
  await rm(dir, { recursive: true, force: true });
});

async function world(words: string[], env: Record<string, string> = {}) {
  const args = [join(PROJECT_ROOT, 'server/cli/main.ts'), 'world', ...words, '--data', dir];
  try {
    return { code: 0, ...(await execute(process.execPath, args, { env: { ...process.env, ...env } })) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

test('where anything is real no world is begun, and nothing is left behind', async () => {
  const alipay = Object.fromEntries(
    ['APP_ID', 'SELLER_ID', 'PRIVATE_KEY_FILE', 'PUBLIC_KEY_FILE'].map((name) => [`ALIPAY_${name}`, 'x']),
  );
  const smtp = { SMTP_URL: 'smtp://mail.example' };
  const aliyun = { ALIYUN_ACCESS_KEY_ID: 'id', ALIYUN_ACCESS_KEY_SECRET: 'secret' };
  for (const env of [smtp, alipay, { CLOUDPACT_ENV: 'production', ...smtp, ...alipay, ...aliyun }]) {
    const { code, stderr } = await world(['new'], env);
    assert.equal(code, 1);
    assert.match(stderr, /no world is begun where something is real/);
  }
  assert.ok(!existsSync(join(dir, 'world')));
});

test('what makes no sense is refused with exit code 2', async () => {
  for (const [words, told] of [
    [[], /world new, advance 30d/],
    [['advanse', '3d'], /advance/],
    [['new', '--start', 'soon'], /'soon' is no date/],
    [['new', '--brand', 'lantain'], /there is no brand lantain.*lantian/],
  ] as const) {
    const { code, stderr } = await world([...words]);
    assert.equal(code, 2, words.join(' '));
    assert.match(stderr, told);
  }
  const { code, stderr } = await world(['advance', '3d']);
  assert.deepEqual([code, /there is no world/.test(stderr)], [1, true]);
});

test('a world is begun, moved by spans and to dates, seen, and gone with all that it had', async () => {
  const begun = await world(['new', '--port', port, '--start', '2026-03-01', '--brand', 'asiayun']);
  assert.equal(begun.code, 0, begun.stderr);
  assert.match(begun.stdout, /Its clock shows 2026-03-01 00:0\d/);
  assert.match(begun.stdout, new RegExp(`http://asiayun\\.localhost:${port}/staff/world`));
  assert.match(begun.stdout, /customer {2}customer@asiayun\.example {2}\S+/);
  assert.match(begun.stdout, /simulated/);
  const state = join(dir, 'world/world.json');
  assert.equal((await stat(state)).mode & 0o777, 0o600, 'it holds passwords');

  assert.match((await world(['new', '--port', port])).stderr, /there is a world already/);
  const moved = await world(['advance', '45d']);
  assert.match(moved.stdout, /Its clock shows 2026-04-15 00:0\d.*after \d+ due dates/, moved.stderr);
  assert.match((await world(['until', '2026-05-01 09:30'])).stdout, /Its clock shows 2026-05-01 09:30/);
  assert.match((await world(['status'])).stdout, /Its clock shows 2026-05-01 09:3\d/);
  for (const [words, code, told] of [
    [['until', '2026-01-01'], 1, /clock-target/],
    [['until', 'tomorrow'], 2, /'tomorrow' is no date/],
    [['advance', '3weeks'], 2, /'3weeks' is no span/],
    [['advance'], 2, /how far/],
  ] as const) {
    const refused = await world([...words]);
    assert.equal(refused.code, code);
    assert.match(refused.stderr, told);
  }

  const { process: running } = JSON.parse(await readFile(state, 'utf8')) as { process: { pid: number } };
  assert.match((await world(['close'])).stdout, /The world is gone/);
  // Whoever inherited it may not have taken note of its end yet.
  assert.equal(await identifyProcess(running.pid), null);
  assert.ok(!existsSync(join(dir, 'world')));
  assert.match((await world(['close'])).stdout, /There is no world/);
});
