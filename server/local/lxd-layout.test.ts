import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { claimLayout, releaseLayout } from './lxd-layout.ts';

test('a data directory that a daemon has begun stays with it, whatever else is installed later', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('claims of subnets and ports are kept by root');
  const dataDir = await mkdtemp(path.join(tmpdir(), 'cloudpact-layout-'));
  const first = await claimLayout(dataDir, 'lxd');
  t.after(async () => {
    await releaseLayout(first);
    await rm(dataDir, { recursive: true, force: true });
  });
  assert.equal(first.flavour, 'lxd');
  const changed = await claimLayout(dataDir, 'incus');
  assert.deepEqual(changed, { ...first, flavour: 'incus' }, 'before a daemon has begun, it can be another');
  await mkdir(path.join(first.directory, 'database'));
  assert.deepEqual(await claimLayout(dataDir, 'lxd'), changed);
});
