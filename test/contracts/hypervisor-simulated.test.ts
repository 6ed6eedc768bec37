import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { simulatedHypervisor } from '#drivers/simulated/hypervisor.ts';
import { hypervisorContract, makeSpec, type Subject, screenOf } from './hypervisor.ts';

async function simulatedSubject(): Promise<Subject & { stateFile: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudpact-simulated-'));
  const stateFile = path.join(folder, 'node.json');
  return {
    stateFile,
    hypervisor: simulatedHypervisor({ deployment: 'ours', stateFile, latencyMs: 1 }),
    // The same books: as two deployments on one real node.
    stranger: simulatedHypervisor({ deployment: 'theirs', stateFile }),
    strangersDeployment: 'theirs',
    deployment: 'ours',
    image: 'debian-12',
    addressOf: (index) => `10.0.0.${10 + index}`,
    listenAddress: '192.0.2.9',
    portFrom: 20_000,
    release: () => rm(folder, { recursive: true, force: true }),
  };
}

hypervisorContract('simulated', null, simulatedSubject);

describe('the simulated node', () => {
  it('is the same after a restart of the process, counters too', async (t) => {
    const subject = await simulatedSubject();
    t.after(subject.release);
    await subject.hypervisor.create(makeSpec(subject, 0));
    await subject.hypervisor.power(makeSpec(subject, 0).name, 'start');
    const [before] = await subject.hypervisor.samples();
    const again = simulatedHypervisor({ deployment: 'ours', stateFile: subject.stateFile });
    assert.deepEqual(await again.observe(), await subject.hypervisor.observe());
    const [after] = await again.samples();
    assert.ok(before && after && after.cpuNs > before.cpuNs);
  });

  it('says in its terminal and its probe that it is simulated', async (t) => {
    const subject = await simulatedSubject();
    t.after(subject.release);
    await subject.hypervisor.create(makeSpec(subject, 0));
    await subject.hypervisor.power(makeSpec(subject, 0).name, 'start');
    const terminal = await subject.hypervisor.terminal(makeSpec(subject, 0).name, { columns: 80, rows: 24 });
    await screenOf(terminal).shows('simulated node');
    assert.equal((await subject.hypervisor.probe()).product, 'simulated');
  });
});
