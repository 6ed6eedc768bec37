import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { CLAUSES } from './terms/clauses.ts';
import { type Coverage, coverage } from './terms/coverage.ts';
import { DECLARED } from './terms/declared.ts';
import { OPEN, PARTLY } from './terms/open.ts';
import { readsOf } from './terms/reads.ts';
import { tagsOf } from './terms/tags.ts';

/** Every clause that asks something of the software is shown by a test that names it. */

let found: Coverage;
before(() => {
  found = coverage();
});

/** 武极云 follows 亚云 clause by clause, so what is open there is open here. */
const openOf = (brand: string) => OPEN[brand === 'wujiyun' ? 'asiayun' : brand]!;
const open = (brand: string) => Object.keys(openOf(brand));

for (const brand of Object.keys(CLAUSES)) {
  test(`${brand}: each clause that isn’t declared is shown by a test`, (t) => {
    const clauses = found.brands.get(brand)!.filter(({ kind }) => kind !== 'declared');
    const bare = clauses.filter(({ tests }) => tests.length === 0).map(({ id }) => id);
    for (const id of bare) t.diagnostic(`OPEN: ${brand} ${id} HAS NO TEST: ${openOf(brand)[id] ?? ''}`);
    assert.deepEqual(
      bare.filter((id) => !open(brand).includes(id)),
      [],
      'name the clause in the test that shows it, as [brand clause]',
    );
    assert.deepEqual(
      open(brand).filter((id) => !bare.includes(id)),
      [],
      'these have their test by now (or are no clause that needs one): take them from test/terms/open.ts',
    );
  });
}

test('what a test shows only in part says what is missing, and has a test', () => {
  for (const [brand, clauses] of Object.entries(PARTLY)) {
    const shown = found.brands
      .get(brand)!
      .filter(({ tests }) => tests.length > 0)
      .map(({ id }) => id);
    for (const id of Object.keys(clauses)) assert.ok(shown.includes(id), `${brand} ${id}`);
  }
});

test('a declared clause says why there is nothing to do, and no other clause does', () => {
  for (const [brand, clauses] of Object.entries(CLAUSES)) {
    const declared = Object.keys(clauses).filter((id) => clauses[id] === 'declared');
    assert.deepEqual(Object.keys(DECLARED[brand]!).sort(), declared.sort(), brand);
  }
});

test('no test names a clause that isn’t there', () => {
  assert.deepEqual(
    found.astray.map(({ brand, clause, path, line }) => `${path}:${line}: [${brand} ${clause}]`),
    [],
  );
});

test('tags are read from the names of tests that run, and from nothing else', () => {
  const text = `
    test('[lantian 5.3] [asiayun 4.5.1-icp] one', () => {});
    it(\`[qiniu 7.4, 7.2.2] of \${x} [\${y} 1.1]\`, () => {});
    t.test('[yunfuwuqi S3.2] inner', () => {});
    test('[lantian 1.1] never', { skip: 'a reason' }, () => {});
    // test('[lantian 2.1] a comment', () => {});
    console.log('[lantian 2.2]');
  `;
  const tags = tagsOf([{ path: 'planted.test.ts', text }]).map(({ brand, clause }) => `${brand} ${clause}`);
  assert.deepEqual(tags.sort(), [
    ...['asiayun 4.5.1-icp', 'lantian 5.3', 'qiniu 7.2.2', 'qiniu 7.4', 'yunfuwuqi S3.2'],
  ]);
});

test('reads are found in each way in which code has parameters', () => {
  const text = `
    const a = terms.parameters.expiry;
    const { refund } = accepted.parameters;
    const f = ({ periods }: Parameters) => periods;
    const b = terms.clauseOf('arrears');
    const d = other.sla;
    // 蓝天云 5.3: at once
  `;
  const known = new Set(['expiry', 'refund', 'periods', 'arrears', 'sla']);
  const reads = readsOf([{ path: 'planted.ts', text }], known, new Map([['蓝天云', 'lantian']]));
  assert.deepEqual(
    reads
      .map(({ parameter, said, line }) => `${line} ${parameter ?? `${said!.brand} ${said!.clause}`}`)
      .sort(),
    ['2 expiry', '3 refund', '4 periods', '5 arrears', '7 lantian 5.3'],
  );
});
