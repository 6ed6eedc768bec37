import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NodesSettings, prepareNodes } from '#server/cli/nodes.ts';
import { type ProgressEvent, progressTo } from '#server/cli/progress.ts';
import { hypervisorPrerequisites, removeLocalHypervisor } from '#server/local/lxd.ts';
import { identifyProcess, isRunning } from '#server/local/supervise-process.ts';

describe('nodes of up', () => {
  const dirs: string[] = [];
  let dataDir: string;
  let events: ProgressEvent[];
  let notes: string[];
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'cloudpact-nodes-'));
    dirs.push(dataDir);
    events = [];
    notes = [];
  });
  after(async () => {
    for (const dir of dirs) await rm(dir, { recursive: true, force: true });
  });

  const prepare = (settings: Partial<NodesSettings> = {}) =>
    prepareNodes(
      {
        dataDir,
        simulated: false,
        operatorFile: undefined,
        log: (line) => notes.push(line),
        changed: () => {},
        ...settings,
      },
      progressTo((event) => events.push(event)),
    );
  const written = async () => JSON.parse(await readFile(join(dataDir, 'nodes.json'), 'utf8')) as unknown;

  it('writes a simulated node when asked, for its owner alone, and says so', async () => {
    const nodes = await prepare({ simulated: true });
    assert.equal(nodes.simulated, true);
    assert.equal(nodes.hypervisor, null);
    assert.match(nodes.label, /simulated \(asked for by --simulated\)/);
    const [node] = (await written()) as { name: string; driver: string; public_address: string }[];
    assert.deepEqual([node?.name, node?.driver], ['simulated', 'simulated']);
    assert.equal((await stat(nodes.file)).mode & 0o077, 0);
  });

  it('stays with a simulated node, since a real one would not know its machines', async () => {
    await prepare({ simulated: true });
    const before = await written();
    const nodes = await prepare();
    assert.equal(nodes.simulated, true);
    assert.match(nodes.label, /as before; delete .*nodes\.json to try a real one/);
    assert.deepEqual(await written(), before);
  });

  it('refuses --simulated where there is a real node, and leaves its file alone', async () => {
    const real = [{ name: 'local', driver: 'lxd', endpoint: 'unix:/run/lxd.socket' }];
    await writeFile(join(dataDir, 'nodes.json'), JSON.stringify(real));
    await assert.rejects(prepare({ simulated: true }), /has a real node.*lose sight[\s\S]*--data DIR/);
    assert.deepEqual(await written(), real);
  });

  it("uses the operator's file as it is, and starts nothing of its own", async () => {
    const file = join(dataDir, 'mine.json');
    await writeFile(
      file,
      JSON.stringify([{ name: 'hz-1', driver: 'lxd', endpoint: 'https://10.0.0.1:8443' }]),
    );
    const nodes = await prepare({ operatorFile: file });
    assert.deepEqual([nodes.file, nodes.hypervisor, nodes.simulated], [file, null, false]);
    assert.match(nodes.label, /hz-1 \(lxd\)/);
    await assert.rejects(written(), /ENOENT/);
  });

  it("names what is wrong with the operator's file", async () => {
    const file = join(dataDir, 'mine.json');
    await assert.rejects(prepare({ operatorFile: file }), /mine\.json can't be used.*ENOENT/);
    for (const text of ['{', '{}', '[]']) {
      await writeFile(file, text);
      await assert.rejects(prepare({ operatorFile: file }), /mine\.json can't be used/, text);
    }
  });

  it('refuses a hypervisor that there is not, by name', async (t) => {
    t.after(() => delete process.env.CLOUDPACT_HYPERVISOR);
    process.env.CLOUDPACT_HYPERVISOR = 'vmware';
    await assert.rejects(prepare(), /CLOUDPACT_HYPERVISOR is "vmware"; it can be lxd or incus/);
    await assert.rejects(written(), /ENOENT/);
  });

  it('starts the hypervisor of this machine, and again when it is killed', async (t) => {
    const missing = (await hypervisorPrerequisites()).filter((check) => !check.found);
    if (missing.length > 0) {
      return t.skip(
        `no hypervisor here: ${missing.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`,
      );
    }
    const restarted = Promise.withResolvers<void>();
    const nodes = await prepare({
      changed: (part, restarts) => part !== null && restarts === 1 && restarted.resolve(),
    });
    const { hypervisor } = nodes;
    assert.ok(hypervisor !== null);
    const first = hypervisor.current();
    assert.ok(first?.identity);
    try {
      assert.match(nodes.label, /^(lxd|incus) \d+\.\d+/);
      const [node] = (await written()) as Record<string, unknown>[];
      assert.deepEqual([node?.name, node?.driver, node?.gateway], ['local', 'lxd', first.local.gateway]);

      process.kill(first.identity.pid, 'SIGKILL');
      await restarted.promise;
      const second = hypervisor.current();
      assert.ok(second?.identity && second.identity.pid !== first.identity.pid);
      assert.equal(second.local.socketPath, first.local.socketPath, 'the server knows it by its socket');
      assert.deepEqual(
        notes.filter((line) => line.startsWith('hypervisor ')),
        [`hypervisor ended (${notes[0]?.match(/\((.*)\)/)?.[1]})`, 'hypervisor started again'],
      );
    } finally {
      const last = hypervisor.current();
      await hypervisor.stop();
      if (last?.identity) assert.equal(await isRunning(last.identity), false);
      await remove(dataDir);
    }
  });

  /** Takes the pool, the network and the claims of the data directory away again. */
  async function remove(dir: string): Promise<void> {
    const { startLocalHypervisor } = await import('#server/local/lxd.ts');
    const local = await startLocalHypervisor({ dataDir: dir, name: 'local', log: () => {} });
    const identity = await identifyProcess(local.pid);
    await removeLocalHypervisor(local, dir);
    while (identity !== null && (await isRunning(identity))) await sleep(20);
  }
});
