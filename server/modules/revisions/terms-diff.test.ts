import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readYaml } from '#kernel/brand-file.ts';
import { type TermsDocument, termsFile } from '#modules/terms/index.ts';
import { documentChanges, pieces } from './terms-diff.ts';

const before = readYaml(join(import.meta.dirname, '../../../brands/lantian/terms.yaml'), termsFile);

test('what went and what came, by characters in Chinese and by words in English', () => {
  assert.deepEqual(pieces('停机后有 3 天宽限期', '停机后有 5 天宽限期'), [
    { as: 'same', text: '停机后有 ' },
    { as: 'gone', text: '3' },
    { as: 'new', text: '5' },
    { as: 'same', text: ' 天宽限期' },
  ]);
  assert.deepEqual(pieces('no refunds', 'no refunds at all'), [
    { as: 'same', text: 'no refunds' },
    { as: 'new', text: ' at all' },
  ]);
  assert.deepEqual(pieces('', 'new'), [{ as: 'new', text: 'new' }]);
  for (const [a, b] of [
    ['甲乙丙', '乙丙丁'],
    ['a b c', 'c b a'],
    ['', ''],
  ] as const) {
    const found = pieces(a, b);
    const read = (left: 'gone' | 'new') =>
      found
        .filter(({ as }) => as !== left)
        .map(({ text }) => text)
        .join('');
    assert.deepEqual([read('new'), read('gone')], [a, b], 'nothing is lost on either side');
  }
});

test('texts too long to compare are shown whole', () => {
  const long = 'word '.repeat(3_000);
  assert.deepEqual(
    pieces(long, `${long}more`).map(({ as }) => as),
    ['gone', 'new'],
  );
});

test('changes are told by clause: texts, figures, what is new, what is gone', () => {
  assert.deepEqual(documentChanges(before, before), []);
  const after: TermsDocument = structuredClone(before);
  after.clauses = after.clauses.filter(({ id }) => id !== '8.1');
  after.clauses.push({
    id: '9.1',
    kind: 'declared',
    title: { zh: '新', en: 'New' },
    text: { zh: '新条款', en: 'A new clause' },
  });
  after.parameters.expiry = { ...after.parameters.expiry!, grace_days: 5 };
  delete after.parameters.backup;
  assert.deepEqual(
    documentChanges(before, after).map(({ id, as, figures }) => [
      id,
      as,
      figures.map(({ name, before: was, after: is }) => [name, was, is]),
    ]),
    [
      ['4.3', 'changed', [['backup.rule', 'none', null]]],
      ['5.3', 'changed', [['expiry.grace_days', '3', '5']]],
      ['9.1', 'new', []],
      ['8.1', 'gone', []],
    ],
  );
});
