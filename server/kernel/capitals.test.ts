import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { amountCapitals } from './capitals.ts';
import { MoneyError, parseYuan } from './money.ts';

const KNOWN: [yuan: string, words: string][] = [
  ['0', '零元整'],
  ['0.05', '伍分'],
  ['0.5', '伍角整'],
  ['0.56', '伍角陆分'],
  ['1', '壹元整'],
  ['1.05', '壹元零伍分'],
  ['9.9', '玖元玖角整'],
  ['10', '壹拾元整'],
  ['105', '壹佰零伍元整'],
  ['1234.56', '壹仟贰佰叁拾肆元伍角陆分'],
  ['10005', '壹万零伍元整'],
  ['100500', '壹拾万零伍佰元整'],
  ['1000000', '壹佰万元整'],
  ['10010010.01', '壹仟零壹万零壹拾元零壹分'],
  ['100000000', '壹亿元整'],
  ['100000001', '壹亿零壹元整'],
  ['120000000', '壹亿贰仟万元整'],
  ['-3.2', '负叁元贰角整'],
];

test('amounts in capitals, as banks and tax offices write them', () => {
  for (const [yuan, words] of KNOWN) assert.equal(amountCapitals(parseYuan(yuan)), words, yuan);
  assert.throws(() => amountCapitals(1n), MoneyError);
});

/** Reads capitals back, by another way than they were written. */
function readCapitals(text: string): bigint {
  const digit = (letter: string) => '零壹贰叁肆伍陆柒捌玖'.indexOf(letter);
  const [whole = '', small = ''] = text.includes('元') ? text.split('元') : ['', text];
  let total = 0n;
  let group = 0n;
  let one = 0n;
  for (const letter of whole) {
    if (digit(letter) >= 0) one = BigInt(digit(letter));
    else if ('拾佰仟'.includes(letter)) {
      group += one * 10n ** BigInt('拾佰仟'.indexOf(letter) + 1);
      one = 0n;
    } else {
      const unit = letter === '万' ? 10_000n : 100_000_000n;
      total = letter === '亿' ? (total + group + one) * unit : total + (group + one) * unit;
      group = one = 0n;
    }
  }
  const jiao = /(.)角/.exec(small)?.[1];
  const fen = /(.)分/.exec(small)?.[1];
  return (total + group + one) * 100n + BigInt(jiao ? digit(jiao) * 10 : 0) + BigInt(fen ? digit(fen) : 0);
}

test('what is written is what is read, for any amount', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 13n }), (fen) => {
      const words = amountCapitals(fen * 10_000n);
      assert.equal(readCapitals(words), fen, words);
      assert.doesNotMatch(words, /零零|零万|零亿|零元./);
    }),
  );
});
