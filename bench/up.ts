import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { p50, table } from './figures.ts';

/**
 * `./cloudpact up` on an empty data directory, on a machine that has the packages, until the console and the
 * catalogue answer; and `story --simulated`. The bars: 15 s and 20 s. Beside them a bare Node that prints nothing.
 */

const run = promisify(execFile);
const cloudpact = join(import.meta.dirname, '../cloudpact');
const port = '18099';
const RUNS = 3;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

const ups: number[] = [];
const again: number[] = [];
for (let i = 0; i < RUNS; i++) {
  const data = await mkdtemp(join(tmpdir(), 'cloudpact-bench-up-'));
  const up = () => run(cloudpact, ['up', '--detach', '--data', data, '--port', port], { timeout: 300_000 });
  try {
    ups.push(
      await timed(async () => {
        await up();
        for (const path of ['/', '/api/v1/catalogue']) {
          const answer = await fetch(`http://localhost:${port}${path}`);
          if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
        }
      }),
    );
    again.push(await timed(up));
  } finally {
    await run(cloudpact, ['down', '--data', data], { timeout: 300_000 });
    await rm(data, { recursive: true, force: true });
  }
}
const stories: number[] = [];
const bare: number[] = [];
for (let i = 0; i < RUNS; i++) {
  stories.push(await timed(() => run(cloudpact, ['story', 'lantian', '--simulated'], { timeout: 120_000 })));
  bare.push(await timed(() => run(process.execPath, ['-e', ''])));
}
const row = (name: string, seconds: number[], bar: number) => [
  name,
  `${p50(seconds).toFixed(1)} s`,
  (p50(seconds) / bar).toFixed(2),
  `bar ${bar} s`,
];
table(`Starting, p50 of ${RUNS} runs`, [
  row('up: empty data directory to a usable console', ups, 15),
  row('up: again while it runs', again, 15),
  row('story lantian --simulated', stories, 20),
  ['a bare Node, for scale', `${p50(bare).toFixed(2)} s`, '', ''],
]);
if (p50(ups) > 15 || p50(stories) > 20) process.exitCode = 1;
