import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ASVS_5_LEVEL_2 } from './asvs.ts';
import { ROOT, read } from './sources.ts';

const { text } = read('docs/security.md');
const rows = [...text.matchAll(/^\| (\d+\.\d+\.\d+) \| [12] \| (.+?) \| (.+?) \|(.*)\|$/gm)].map(
  ([, id, state, how, tests]) => ({ id: id!, state: state!, how: how!, tests: tests!.trim() }),
);

test('docs/security.md has each requirement of ASVS 5.0 level 2 once', () => {
  const wanted = Object.entries(ASVS_5_LEVEL_2).flatMap(([section, numbers]) =>
    numbers.split(' ').map((number) => `${section}.${number}`),
  );
  assert.equal(wanted.length, 253);
  assert.deepEqual(rows.map(({ id }) => id).sort(), wanted.sort());
});

test('what is met names tests that are there; what isn’t says why', () => {
  for (const { id, state, how, tests } of rows) {
    assert.match(state, /^(met|not applicable|\*\*open\*\*)$/, id);
    assert.ok(how.trim().length > 2, id);
    assert.equal(tests !== '', state === 'met', id);
    for (const [, path] of tests.matchAll(/`([^`]+)`/g)) {
      assert.match(path!, /\.test\.ts$/, id);
      assert.ok(existsSync(join(ROOT, path!)), `${id}: ${path}`);
    }
  }
});

test('it counts them rightly', () => {
  const count = (state: string) => rows.filter((row) => row.state === state).length;
  const said = `${count('met')} met, ${count('not applicable')} not applicable, ${count('**open**')} open`;
  assert.ok(text.includes(said), said);
});
