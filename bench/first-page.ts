import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startPostgres } from '#server/local/postgres.ts';
import { openWorld } from '#server/world.ts';
import { table } from './figures.ts';

/**
 * JavaScript that the storefront's first page really loads, as it comes over the wire, in Chromium with an empty
 * cache. The bar: under 300 kB compressed.
 */

const BAR_BYTES = 300_000;
const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const postgres = await startPostgres({
  dir,
  settings: { fsync: 'off' },
  leaves: 'nothing',
  log: () => undefined,
});
const world = await openWorld({ adminUrl: postgres.adminUrl });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
  ],
});
try {
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const kinds = new Map<string, string>();
  const bytes = { script: 0, all: 0, scripts: 0 };
  session.on('Network.responseReceived', (event) => kinds.set(event.requestId, event.type));
  session.on('Network.loadingFinished', (event) => {
    bytes.all += event.encodedDataLength;
    if (kinds.get(event.requestId) !== 'Script') return;
    bytes.script += event.encodedDataLength;
    bytes.scripts++;
  });
  await page.goto(world.url, { waitUntil: 'networkidle' });
  await page.getByText('9.90').first().waitFor();
  const painted = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  );
  table('The storefront, first visit', [
    [
      'compressed JavaScript',
      `${(bytes.script / 1_000).toFixed(0)} kB in ${bytes.scripts} files`,
      (bytes.script / BAR_BYTES).toFixed(2),
      `bar ${BAR_BYTES / 1_000} kB`,
    ],
    ['everything', `${(bytes.all / 1_000).toFixed(0)} kB`, '', ''],
    ['first contentful paint', `${painted.toFixed(0)} ms`, '', ''],
  ]);
  if (bytes.script === 0 || bytes.script > BAR_BYTES) process.exitCode = 1;
} finally {
  await browser.close();
  await world.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
