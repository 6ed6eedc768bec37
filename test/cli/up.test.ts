import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { PROJECT_ROOT } from '#server/cli/command.ts';
import { isRunning } from '#server/local/supervise-process.ts';
import { readLiveRunState, readRunState } from '#server/local/supervise-state.ts';

const execute = promisify(execFile);
const STUB = join(import.meta.dirname, 'stub/up.ts');
const CLI = join(PROJECT_ROOT, 'server/cli/main.ts');

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

async function runNode(...args: string[]): Promise<Outcome> {
  try {
    return { code: 0, ...(await execute(process.execPath, args)) };
  } catch (error) {
    return error as Outcome;
  }
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(20);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe('up, down and status', () => {
  let dir: string;
  let port: string;
  const foreground: ChildProcess[] = [];

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'cloudpact-up-'));
    port = String(await freePort());
  });
  afterEach(async () => {
    await rm(join(dir, 'wish'), { force: true });
    await runNode(CLI, 'down', '--data', dir);
  });
  after(async () => {
    for (const child of foreground) child.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  const upDetached = () => runNode(STUB, dir, port, 'detach');
  const upHere = () => {
    const child = spawn(process.execPath, [STUB, dir, port], { stdio: ['ignore', 'pipe', 'pipe'] });
    foreground.push(child);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    return { child, exited, output: () => output };
  };
  const isReady = async () => (await readLiveRunState(dir))?.phase === 'ready';
  const parts = () => readRunState(dir)?.parts ?? {};
  const serverEnv = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/env`);
    return (await answer.json()) as { DATABASE_URL: string; CLOUDPACT_NODES_FILE: string; pid: number };
  };

  it('starts in the background, gives the server what it needs, shows logins once and in no log', async () => {
    const first = await upDetached();
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /staff@example\.com +shown-once/);
    assert.match(first.stdout, /SIMULATED/);
    assert.doesNotMatch(await readFile(join(dir, 'logs/up.log'), 'utf8'), /shown-once/);

    const env = await serverEnv();
    const client = new pg.Client({ connectionString: env.DATABASE_URL });
    await client.connect();
    await client.query(`insert into kernel_throttle (key, points) values ('kept', 42)`);
    await assert.rejects(client.query('create table made (answer int)'), { code: '42501' });
    await client.end();
    const nodes = JSON.parse(await readFile(env.CLOUDPACT_NODES_FILE, 'utf8')) as { driver: string }[];
    assert.deepEqual(
      nodes.map((node) => node.driver),
      ['simulated'],
    );
    assert.equal((await stat(env.CLOUDPACT_NODES_FILE)).mode & 0o077, 0);
    assert.equal((await stat(join(dir, 'run.json'))).mode & 0o077, 0);
    const password = new URL(env.DATABASE_URL).password;
    assert.doesNotMatch(await readFile(join(dir, 'run.json'), 'utf8'), new RegExp(password));
  });

  it('keeps the data, and shows no logins the second time', async () => {
    const again = await upDetached();
    assert.equal(again.code, 0, again.stderr);
    assert.doesNotMatch(again.stdout, /shown-once/);
    const client = new pg.Client({ connectionString: (await serverEnv()).DATABASE_URL });
    await client.connect();
    const { rows } = await client.query('select points as answer from kernel_throttle');
    await client.end();
    assert.deepEqual(rows, [{ answer: 42 }]);
  });

  it('says that it runs already, and changes nothing', async () => {
    await upDetached();
    const before = readRunState(dir);
    for (const again of [await upDetached(), await runNode(STUB, dir, port)]) {
      assert.equal(again.code, 0, again.stderr);
      assert.match(again.stdout, /already running/);
      assert.match(again.stdout, new RegExp(`http://127.0.0.1:${port}/staff`));
    }
    assert.deepEqual(readRunState(dir), before);
  });

  it('tells in status what runs, and stops it all with down', async () => {
    assert.equal((await runNode(CLI, 'status', '--data', dir)).code, 1);
    await upDetached();
    const running = await runNode(CLI, 'status', '--data', dir);
    assert.equal(running.code, 0, running.stdout);
    for (const word of [/server +running/, /database +running +pid \d+/, /simulated/, /console +healthy/]) {
      assert.match(running.stdout, word);
    }
    const identities = Object.values(parts()).flatMap((part) => part.identity ?? []);
    assert.equal(identities.length, 2);
    const stopped = await runNode(CLI, 'down', '--data', dir);
    assert.equal(stopped.code, 0, stopped.stderr);
    for (const identity of identities) assert.equal(await isRunning(identity), false);
    assert.equal(existsSync(join(dir, 'run.json')), false);
    assert.match((await runNode(CLI, 'down', '--data', dir)).stdout, /Nothing runs/);
  });

  it('starts the server and the database again when they are killed', async () => {
    await upDetached();
    const killed = (await serverEnv()).pid;
    process.kill(killed, 'SIGKILL');
    await until('the server is back', () => {
      const pid = parts().server?.identity?.pid;
      return pid !== undefined && pid !== killed;
    });
    assert.notEqual((await serverEnv()).pid, killed);
    assert.equal(parts().server?.restarts, 1);

    const database = parts().postgres?.identity?.pid ?? 0;
    process.kill(database, 'SIGKILL');
    await until('the database is back', () => (parts().postgres?.identity?.pid ?? database) !== database);
    const client = new pg.Client({ connectionString: (await serverEnv()).DATABASE_URL });
    await client.connect();
    await client.end();
  });

  it('takes up again what a killed up left behind', async () => {
    const first = upHere();
    await until('it is ready', isReady);
    const database = parts().postgres?.identity;
    first.child.kill('SIGKILL');
    await first.exited;
    const killed = await runNode(CLI, 'status', '--data', dir);
    assert.equal(killed.code, 1);
    assert.match(killed.stdout, /supervisor +NOT RUNNING/);

    const second = await upDetached();
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(parts().postgres?.identity, database, 'the running database is adopted');
    await serverEnv();
  });

  it('stops with down what a killed up left behind', async () => {
    const first = upHere();
    await until('it is ready', isReady);
    const database = parts().postgres?.identity;
    assert.ok(database);
    first.child.kill('SIGKILL');
    await first.exited;
    const stopped = await runNode(CLI, 'down', '--data', dir);
    assert.match(stopped.stdout, /ending the postgres of an earlier run/);
    assert.equal(await isRunning(database), false);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`stops all parts in order on ${signal}`, async () => {
      await rm(join(dir, 'stops'), { force: true });
      const here = upHere();
      await until('it is ready', isReady);
      const identities = Object.values(parts()).flatMap((part) => part.identity ?? []);
      here.child.kill(signal);
      assert.equal(await here.exited, 0, here.output());
      for (const identity of identities) assert.equal(await isRunning(identity), false);
      assert.ok(existsSync(join(dir, 'stops')), 'the server was asked, not killed');
    });
  }

  it('has one winner of two that start at once; both end by telling where it runs', async () => {
    const outcomes = await Promise.all([upDetached(), upDetached(), upDetached()]);
    for (const { code, stdout, stderr } of outcomes) {
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`http://127.0.0.1:${port}/`));
    }
    const winners = outcomes.filter(({ stdout }) => stdout.includes('Cloudpact 云契 is running'));
    assert.equal(winners.length, 1);
  });

  it('says that the port is taken, before it starts anything', async () => {
    const blocker = createServer().listen(Number(port), '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    try {
      const outcome = await upDetached();
      assert.equal(outcome.code, 1);
      assert.match(outcome.stderr, new RegExp(`port ${port} is taken.*--port N`));
      assert.equal(readRunState(dir), null);
    } finally {
      await new Promise((resolve) => blocker.close(resolve));
    }
  });

  it("tells the server's own reason when it can't start, and leaves nothing running", async () => {
    await writeFile(join(dir, 'wish'), 'fail');
    const outcome = await upDetached();
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /the wish was to fail/);
    assert.equal(readRunState(dir), null);
  });

  it("tells the end of the server's log when it ends without a word", async () => {
    await writeFile(join(dir, 'wish'), 'exit');
    const outcome = await runNode(STUB, dir, port);
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /ended before it was ready; its log ends with:\nthe wish was to exit/);
  });

  it('stops what it has started when it is told to end half-way', async () => {
    await writeFile(join(dir, 'wish'), 'hang');
    const here = upHere();
    await until('the server is starting', async () => {
      const starts = await readFile(join(dir, 'starts'), 'utf8');
      const last = Number(starts.trim().split('\n').at(-1));
      return here.output().includes('✓ database') && existsSync(`/proc/${last}`);
    });
    const database = parts().postgres?.identity;
    assert.ok(database);
    here.child.kill('SIGINT');
    assert.equal(await here.exited, 130);
    assert.equal(await isRunning(database), false);
    assert.equal(readRunState(dir), null);
  });
});
