import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonError, MAX_DEPTH, parseStrictJson } from './strict-json.ts';

test('what JSON.parse reads is read alike', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), fc.boolean(), (value, wide) => {
      const text = JSON.stringify(value, null, wide ? 2 : 0);
      fc.pre(!/"(__proto__|constructor|prototype)"/.test(text));
      assert.deepEqual(parseStrictJson(text), JSON.parse(text));
    }),
  );
});

test('a member that stands twice is refused, however it is written', () => {
  for (const text of [
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"a":{"b":[{"c":1,"d":2,"c":3}]}}',
    '{"":1,"":2}',
    '{"a\\"":1,"b":{"a\\"":1},"a\\"":2}',
    '{"é":1,"\\u00e9":2}',
  ])
    assert.throws(() => parseStrictJson(text), JsonError, text);
});

test('the same name in two places is no repetition', () => {
  for (const text of [
    '[{"a":1},{"a":1}]',
    '{"a":{"a":{"a":1}},"b":[{"a":1}]}',
    '{"a":"a","b":"a:{\\"a\\":1,\\"a\\":2}"}',
  ])
    assert.deepEqual(parseStrictJson(text), JSON.parse(text));
});

test('what reaches into prototypes is refused, and what is too deep, in text of any length', () => {
  for (const text of [
    '{"__proto__":1}',
    '{"\\u005f_proto__":1}',
    '{"a":{"constructor":{}}}',
    '[{"prototype":1}]',
  ])
    assert.throws(() => parseStrictJson(text), JsonError, text);
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  assert.ok(parseStrictJson(deep(MAX_DEPTH)));
  for (const levels of [MAX_DEPTH + 1, 1_000_000])
    assert.throws(() => parseStrictJson(deep(levels)), /deeper/);
  for (const text of ['', '"', '{"a', '"\\', '{"a":1,}', 'undefined', '\u0000{}'])
    assert.throws(() => parseStrictJson(text), JsonError, text);
});

test('text that is made to be slow is read in time in proportion to its length', () => {
  const attacks = [
    '"'.repeat(250_000),
    '\\'.repeat(250_000),
    `"${'\\\\'.repeat(120_000)}`,
    '{"a":'.repeat(50_000),
  ];
  for (const text of attacks) {
    const started = performance.now();
    assert.throws(() => parseStrictJson(text), JsonError);
    assert.ok(performance.now() - started < 500, text.slice(0, 10));
  }
});
