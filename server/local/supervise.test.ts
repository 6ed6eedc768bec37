import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Running, supervise } from './supervise.ts';
import { lock, tryLock } from './supervise-lock.ts';
import { endProcess, identifyProcess, isRunning, signalProcess, waitUntilGone } from './supervise-process.ts';

const QUICK = { firstMs: 1, mostMs: 4, calmMs: 60_000 };

/** A part without a process, whose end the test decides. */
function part(): Running & { die(reason: string): void; stopped: number } {
  const { promise, resolve } = Promise.withResolvers<{ reason: string }>();
  const running = {
    identity: null,
    exited: promise,
    stopped: 0,
    die: (reason: string) => resolve({ reason }),
    async stop() {
      running.stopped += 1;
      resolve({ reason: 'stopped' });
    },
  };
  return running;
}

describe('supervise', () => {
  it('starts a part again when it dies, and tells of both', async () => {
    const started: ReturnType<typeof part>[] = [];
    const again = Promise.withResolvers<void>();
    const lines: string[] = [];
    const supervised = await supervise({
      name: 'thing',
      start: async () => {
        started.push(part());
        return started.at(-1)!;
      },
      log: (line) => lines.push(line),
      changed: (now, restarts) => {
        if (now !== null && restarts === 1) again.resolve();
      },
      backoff: QUICK,
    });
    started[0]?.die('SIGKILL');
    await again.promise;
    assert.equal(supervised.current(), started[1]);
    assert.equal(supervised.restarts(), 1);
    assert.deepEqual(lines, ['thing ended (SIGKILL)', 'thing started again']);
    await supervised.stop();
    assert.equal(started[1]?.stopped, 1);
    assert.equal(supervised.current(), null);
    assert.equal(started.length, 2);
  });

  it('goes on trying when a restart fails', async () => {
    const first = part();
    const last = part();
    const attempts = [() => first, fail, fail, () => last];
    function fail(): never {
      throw new Error('not yet');
    }
    const again = Promise.withResolvers<void>();
    const lines: string[] = [];
    const supervised = await supervise({
      name: 'thing',
      start: async () => attempts.shift()!(),
      log: (line) => lines.push(line),
      changed: (now) => {
        if (now === last) again.resolve();
      },
      backoff: QUICK,
    });
    first.die('exit code 1');
    await again.promise;
    assert.equal(lines.filter((line) => line === "thing didn't start: not yet").length, 2);
    await supervised.stop();
  });

  it('throws when the first start fails, and tries no more', async () => {
    let starts = 0;
    const start = async (): Promise<Running> => {
      starts += 1;
      throw new Error('no such program');
    };
    await assert.rejects(supervise({ name: 'thing', start, log: () => {} }), /no such program/);
    assert.equal(starts, 1);
  });

  it('stops a part whose restart was under way when it was told to stop', async () => {
    const first = part();
    const late = part();
    const asked = Promise.withResolvers<void>();
    const come = Promise.withResolvers<void>();
    let starts = 0;
    const supervised = await supervise({
      name: 'thing',
      start: async () => {
        starts += 1;
        if (starts === 1) return first;
        asked.resolve();
        await come.promise;
        return late;
      },
      log: () => {},
      backoff: QUICK,
    });
    first.die('SIGKILL');
    await asked.promise;
    const stopping = supervised.stop();
    come.resolve();
    await stopping;
    assert.equal(late.stopped, 1);
  });

  it('gives up a wait for the next restart when told to stop', async () => {
    const first = part();
    const ended = Promise.withResolvers<void>();
    const supervised = await supervise({
      name: 'thing',
      start: async () => first,
      log: () => {},
      changed: (now) => now === null && ended.resolve(),
      backoff: { firstMs: 3_600_000, mostMs: 3_600_000, calmMs: 60_000 },
    });
    first.die('SIGKILL');
    await ended.promise;
    await supervised.stop();
    assert.equal(supervised.restarts(), 0);
  });
});

describe('process identity', () => {
  const children: ChildProcess[] = [];
  const node = (script: string) => {
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    return child;
  };
  after(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  it('tells a process from another that has its number', async () => {
    const me = await identifyProcess(process.pid);
    assert.ok(me !== null && (await isRunning(me)));
    const other = { pid: me.pid, began: `${me.began}0` };
    assert.equal(await isRunning(other), false);
    assert.equal(await signalProcess(other, 'SIGKILL'), false);
  });

  it('knows no process for numbers that name none', async () => {
    for (const pid of [0, 1, -5, Number.NaN, 2 ** 40]) assert.equal(await identifyProcess(pid), null);
  });

  it('asks first, then kills what ignores the request', async () => {
    const child = node(`process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`);
    await once(child.stdout!, 'data');
    const identity = await identifyProcess(child.pid!);
    assert.ok(identity !== null);
    await endProcess(identity, [
      { signal: 'SIGTERM', timeoutMs: 100 },
      { signal: 'SIGKILL', timeoutMs: 10_000 },
    ]);
    assert.equal(await waitUntilGone(identity, 0), true);
  });
});

describe('lock', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'cloudpact-lock-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  /** Another process that takes the lock, says whether it got it, and stays. */
  function contender(path: string): ChildProcess {
    const script = `const { tryLock } = await import(${JSON.stringify(join(import.meta.dirname, 'supervise-lock.ts'))});
      console.log(tryLock(${JSON.stringify(path)}) === null ? 'refused' : 'taken'); setInterval(() => {}, 1000);`;
    return spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }
  const answer = async (child: ChildProcess) => String((await once(child.stdout!, 'data'))[0]).trim();

  it('is held by one, even in one process, until released', () => {
    const path = join(dir, 'one');
    const first = tryLock(path);
    assert.ok(first !== null);
    assert.equal(tryLock(path), null);
    first.release();
    tryLock(path)?.release();
  });

  it('has one winner among many processes', async () => {
    const contenders = Array.from({ length: 6 }, () => contender(join(dir, 'race')));
    const answers = await Promise.all(contenders.map(answer));
    for (const child of contenders) child.kill('SIGKILL');
    assert.deepEqual(answers.sort(), [...Array(5).fill('refused'), 'taken']);
  });

  it('falls with a holder that is killed', async () => {
    const path = join(dir, 'killed');
    const holder = contender(path);
    assert.equal(await answer(holder), 'taken');
    assert.equal(tryLock(path), null);
    holder.kill('SIGKILL');
    const held = await lock(path, 5);
    held.release();
  });
});
