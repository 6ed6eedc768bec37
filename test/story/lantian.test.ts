import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { simulatedHypervisor } from '#drivers/simulated/hypervisor.ts';
import { hypervisorPrerequisites } from '#server/local/lxd.ts';
import { lantianStory } from '#server/story/lantian.ts';
import { Deviation, tellTo } from '#server/story/telling.ts';
import { testWorld } from '../support/world.ts';

const run = promisify(execFile);
const cloudpact = join(import.meta.dirname, '../../cloudpact');

/** Acts that must be told, each with the clause that it rests on. */
const TOLD = [
  /accepted the terms.*\[§preamble, 2025-07-19\]/,
  /real name verified.*\[§2\.2, /,
  /service\.reminded .*days_before=7.*\[§5\.2, /,
  /service\.reminded .*days_before=3.*\[§5\.2, /,
  /service\.reminded .*days_before=1.*\[§5\.2, /,
  /service\.suspended .*\[§5\.3, /,
  /service\.restored .*\[§5\.3, /,
  /service\.deleted .*\[§5\.3, /,
  /measure\.throttle .*\[§4\.1, /,
  /of the carrier: 2\.5 hours more.*\[§4\.2, /,
  /measure\.wipe .*\[§3\.2, /,
];

test('the story of 蓝天云 goes as the terms say, on a simulated node', async () => {
  const { stdout } = await run(cloudpact, ['story', 'lantian', '--simulated'], { timeout: 480_000 });
  for (const line of TOLD) assert.match(stdout, line);
  assert.match(stdout, /The story went as the terms say\./);
});

test('the story of 蓝天云 goes as the terms say, with a real container entered by ssh', async (t) => {
  const missing = (await hypervisorPrerequisites()).filter((check) => !check.found);
  if (missing.length > 0) return t.skip(`no hypervisor: ${missing.map((check) => check.name).join(', ')}`);
  const { stdout } = await run(cloudpact, ['story', 'lantian'], {
    timeout: 600_000,
    maxBuffer: 8 * 1024 * 1024,
  });
  for (const line of [...TOLD, /ssh: logged in as root/, /ssh: \/root\/data is still there/, /really gone/]) {
    assert.match(stdout, line);
  }
});

test('a machine that is not really stopped at expiry makes the story fail', async () => {
  const world = await testWorld({
    ticking: true,
    hypervisors: (_node, deployment) => {
      const real = simulatedHypervisor({ deployment });
      return {
        ...real,
        power: async (name, action) => (action === 'stop' ? undefined : real.power(name, action)),
      };
    },
  });
  await assert.rejects(
    lantianStory(
      world,
      tellTo(() => undefined, 'Asia/Shanghai'),
      { real: false },
    ),
    Deviation,
  );
});

test('an unknown story is refused with exit code 2', async () => {
  await assert.rejects(run(cloudpact, ['story', 'nobody']), { code: 2 });
});
