import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksAlike } from './lookalike.ts';

test('names in any language, and in two, are fine', () => {
  for (const name of [
    '王小明',
    'Wang 小明',
    'José Müller',
    'Иван Петров',
    'Νίκος',
    'Иван (Ivan)',
    '第2台 web-1',
    'O’Neill',
    'Ａ座',
    '한국 Korea',
  ])
    assert.equal(looksAlike(name), false, name);
});

test('a word that mixes letters that look alike, or wears another dress, is not', () => {
  for (const name of ['аdmin', 'Аdmin', 'pаypal 客服', 'gοοgle', 'ｂａｎｋ', '𝐚𝐝𝐦𝐢𝐧', 'supportս'])
    assert.equal(looksAlike(name), true, name);
});
