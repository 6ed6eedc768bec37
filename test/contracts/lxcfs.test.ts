import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { lastWithoutLxcfs, prepareLxcfs } from '#server/local/lxcfs.ts';
import { mustRun } from '#server/local/program.ts';
import { noHypervisor, startTestHypervisor, testHypervisorDirectory } from './local-lxd.ts';

const absent = await noHypervisor();

interface Outcome {
  logged: string[];
  reason: string | null;
  kept: string | null;
  memoryBytes: number;
  limit: number;
  lxcfsMounts: number;
}

describe('lxcfs', () => {
  it('whose hook fails is left out: machines start without it, and it is said and remembered why', {
    timeout: 180_000,
  }, async (t) => {
    if (absent) return t.skip(absent);
    const stub = path.join(import.meta.dirname, 'stub/hook-fails.ts');
    const said = await mustRun('unshare', ['--mount', process.execPath, stub]);
    const outcome = JSON.parse(said) as Outcome;
    assert.match(outcome.reason ?? '', /lxc\.mount\.hook fails \(32\): mount: planted/);
    assert.equal(outcome.kept, outcome.reason);
    assert.ok(
      outcome.logged.some((line) => line.startsWith('WITHOUT lxcfs')),
      outcome.logged.join('\n'),
    );
    assert.equal(outcome.lxcfsMounts, 0);
    assert.ok(outcome.memoryBytes > outcome.limit && outcome.memoryBytes <= totalmem());
  });

  it('that works is used, by the settings that its package ships', async (t) => {
    if (absent) return t.skip(absent);
    const reason = await prepareLxcfs();
    if (reason !== null) return t.skip(`lxcfs doesn't work on this machine: ${reason}`);
    const local = await startTestHypervisor();
    assert.equal(local.withoutLxcfs, null);
    assert.equal(await lastWithoutLxcfs(testHypervisorDirectory()), null);
    const folder = path.join(path.dirname(local.socketPath), 'lxc-config/common.conf.d');
    assert.match(await readFile(path.join(folder, '00-lxcfs.conf'), 'utf8'), /lxc\.hook\.mount/);
    const environment = await readFile(`/proc/${local.pid}/environ`, 'utf8');
    assert.match(environment, /_LXC_TEMPLATE_CONFIG=[^\0]*\/lxc-config\0/);
  });
});
