import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isCreditCode, shareOut } from './rules.ts';

test('unified social credit codes: the check character of GB 32100-2015', () => {
  // Codes of well-known companies, as their business licences and sites print them.
  for (const code of ['91110000802100433B', '914403001922038216', '91350100M000100Y43']) {
    assert.ok(isCreditCode(code), code);
  }
  for (const wrong of [
    '91110000802100433C',
    '91110000802100433',
    '911100008021004330',
    '',
    'IIIIIIIIIIIIIIIIII',
  ]) {
    assert.ok(!isCreditCode(wrong), wrong);
  }
});

test('one wrong character, or two neighbours swapped, is noticed', () => {
  const code = '91350100M000100Y43';
  const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  fc.assert(
    fc.property(fc.nat(17), fc.nat(30), (place, letter) => {
      const other = code.slice(0, place) + letters[letter] + code.slice(place + 1);
      assert.equal(isCreditCode(other), other === code, other);
    }),
  );
  for (let i = 0; i < 17; i++) {
    const swapped = code.slice(0, i) + code[i + 1] + code[i] + code.slice(i + 2);
    assert.equal(isCreditCode(swapped), swapped === code, swapped);
  }
});

test('what is shared out sums up, and no invoice gives more than it has', () => {
  const rows = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { maxLength: 20 });
  fc.assert(
    fc.property(rows, fc.option(fc.bigInt({ min: 1n, max: 10n ** 13n })), (amounts, wanted) => {
      const available = amounts.map((amount, i) => ({ invoiceId: String(i), amount }));
      const parts = shareOut(available, wanted);
      const total = amounts.reduce((sum, amount) => sum + amount, 0n);
      const asked = wanted ?? total - (total % 10_000n);
      if (asked <= 0n || asked > total) return assert.equal(parts, null);
      assert.equal(
        parts!.reduce((sum, { amount }) => sum + amount, 0n),
        asked,
      );
      for (const { invoiceId, amount } of parts!)
        assert.ok(amount > 0n && amount <= amounts[Number(invoiceId)]!);
    }),
  );
});
