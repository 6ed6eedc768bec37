import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INVENTORY_FILE, inventoryDocument, PEERS, wires } from './inventory.ts';
import { read } from './sources.ts';

test('docs/inventory.md is as the code gives it: node test/tidy/inventory.ts', () => {
  assert.equal(read(INVENTORY_FILE).text, inventoryDocument());
});

test('each file that opens connections is some peer’s (ASVS 13.1.1)', () => {
  // Our own commands and stories, which call our own API.
  const OURS = ['server/client.ts'];
  const known = [...PEERS.flatMap(({ files }) => files), ...OURS];
  assert.deepEqual(
    wires().filter((path) => !known.some((start) => path.startsWith(start))),
    [],
  );
});

test('versions are pinned: each package of the lock file with its digest, each of ours without a range (ASVS 15.1.2)', () => {
  const { packages } = JSON.parse(read('package-lock.json').text) as {
    packages: Record<string, { integrity?: string; optional?: boolean }>;
  };
  const loose = Object.entries(packages).filter(
    // npm knows no digest of what is for other systems than the one that locked it.
    ([path, { integrity, optional }]) => path !== '' && !integrity && !optional,
  );
  assert.deepEqual(
    loose.map(([path]) => path),
    [],
  );
  const { dependencies, devDependencies, scripts } = JSON.parse(read('package.json').text) as Record<
    string,
    Record<string, string>
  >;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
  assert.match(scripts!.sbom!, /^npm sbom .*cyclonedx/);
});

test('docs/operations.md says how soon what is found gets mended, and how it is looked for (ASVS 15.1.1)', () => {
  const { text } = read('docs/operations.md');
  for (const word of ['npm audit', 'npm run sbom', '48 小时', '7 天', '30 天'])
    assert.ok(text.includes(word), word);
});
