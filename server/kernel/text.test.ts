import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill, localeOf } from './text.ts';

test('the better of our two languages, by Accept-Language', () => {
  const chosen: [string | undefined, string][] = [
    [undefined, 'zh'],
    ['', 'zh'],
    ['*', 'zh'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en;q=0.3,zh;q=0.4', 'zh'],
    ['fr-FR,fr;q=0.9,en;q=0.5,zh;q=0.1', 'en'],
    ['fr,de', 'zh'],
    ['EN-us', 'en'],
    ['english', 'zh'],
    ['zh-Hant-TW', 'zh'],
    ['en;q=nonsense', 'en'],
    [';;;,,,q=', 'zh'],
    [`${'x,'.repeat(10_000)}en`, 'zh'],
  ];
  for (const [header, locale] of chosen) assert.equal(localeOf(header), locale, String(header).slice(0, 40));
});

test('places are filled; one without a value is our own mistake; values are not templates', () => {
  assert.equal(fill('{a} 到 {b}，{a}', { a: 1, b: '二' }), '1 到 二，1');
  assert.equal(fill('{a}', { a: '{b} $& $1' }), '{b} $& $1');
  assert.throws(() => fill('{a} {b}', { a: 1 }), /\{b\}/);
});
