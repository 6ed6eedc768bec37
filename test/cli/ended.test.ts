import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '#server/local/postgres.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from '#server/local/supervise-process.ts';

/** A run that is ended, by whatever signal, leaves no PostgreSQL behind, and no directory of a throw-away one. */

const ROOT = join(import.meta.dirname, '../..');
let home: string;
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudpact-ended-'));
});
after(() => rm(home, { recursive: true, force: true }));

interface Begun {
  child: ChildProcess;
  /** Of its PostgreSQL, and of the process that started that. */
  postgres: ProcessIdentity;
  starter: ProcessIdentity;
  dir: string;
}

/** Starts a program that says the pids of its PostgreSQL and of itself, and that one's directory. */
async function begun(args: string[]): Promise<Begun> {
  const { CLOUDPACT_TEST_POSTGRES: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  for (let tries = 0; tries < 1_200; tries++) {
    const found = /started (\d+) (\d+) (\S+)/.exec(said);
    if (found) {
      const [postgres, starter] = [
        await identifyProcess(Number(found[1])),
        await identifyProcess(Number(found[2])),
      ];
      assert.ok(postgres && starter);
      return { child, postgres, starter, dir: found[3]! };
    }
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`it didn't start: ${said}`);
}

async function gone(what: () => Promise<boolean> | boolean, name: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (!(await what())) return;
    await sleep(100);
  }
  assert.fail(`${name} is still there`);
}

const program = (leaves: string, dir: string) => `
  import { startPostgres } from '#server/local/postgres.ts';
  const postgres = await startPostgres({
    dir: ${JSON.stringify(dir)}, settings: { fsync: 'off' }, leaves: '${leaves}', log: () => undefined,
  });
  console.log('started', postgres.pid, process.pid, ${JSON.stringify(dir)});
  setInterval(() => undefined, 1_000);
`;

const run = (leaves: string, dir: string) =>
  begun(['--input-type=module-typescript', '--eval', program(leaves, dir)]);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  test(`a process that is ended by ${signal} takes its throw-away PostgreSQL with it, directory and all`, async () => {
    const { child, postgres, dir } = await run('nothing', join(home, signal));
    assert.ok(existsSync(join(dir, 'cluster')));
    child.kill(signal);
    await gone(() => isRunning(postgres), 'PostgreSQL');
    await gone(() => existsSync(dir), 'its directory');
  });
}

test('a command that is killed leaves the data, written to the end, and not the server', async () => {
  const dir = join(home, 'data');
  const { child, postgres } = await run('data', dir);
  child.kill('SIGKILL');
  await gone(() => isRunning(postgres), 'PostgreSQL');
  const again = await startPostgres({ dir, leaves: 'data', log: () => undefined });
  assert.equal(again.adopted, false);
  await again.stop();
  assert.ok(existsSync(join(dir, 'cluster/PG_VERSION')));
});

test('what `up` starts goes on, to be taken over; ended by its own stop nothing is done to a directory', async () => {
  const dir = join(home, 'server');
  const { child, postgres } = await run('server', dir);
  child.kill('SIGKILL');
  await sleep(1_500);
  assert.ok(await isRunning(postgres));
  const adopted = await startPostgres({ dir, leaves: 'nothing', log: () => undefined });
  assert.equal(adopted.adopted, true);
  await adopted.stop();
  await sleep(500);
  assert.ok(existsSync(join(dir, 'cluster/PG_VERSION')));
});

const FILE = `
  import { readFile } from 'node:fs/promises';
  import { test } from 'node:test';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { testPostgres } from '${ROOT}/test/support/world.ts';
  test('goes on', async () => {
    const cluster = new URLSearchParams(new URL(await testPostgres()).search).get('host');
    const pid = (await readFile(cluster + '/postmaster.pid', 'utf8')).split('\\n')[0];
    console.log('started', pid, process.pid, cluster.replace(/\\/cluster$/, ''));
    await sleep(600_000);
  });
`;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  test(`a test run that is ended by ${signal} leaves neither its files' processes nor their PostgreSQL`, async () => {
    const file = join(home, `${signal}.test.ts`);
    await writeFile(file, FILE);
    const { child, postgres, starter, dir } = await begun(['--test', '--test-reporter=tap', file]);
    child.kill(signal);
    await gone(() => isRunning(starter), 'the process of the test file');
    await gone(() => isRunning(postgres), 'PostgreSQL');
    await gone(() => existsSync(dir), 'its directory');
  });
}
