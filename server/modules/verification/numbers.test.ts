import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ageOn, readCreditCode, readIdNumber, readPaperNumber } from './numbers.ts';

/** A number with the check character that GB 11643-1999 gives it, by the rule's other form: ISO 7064 MOD 11-2. */
function withCheck(first17: string): string {
  const sum = [...first17].reduce((total, digit) => (total + Number(digit)) * 2, 0) % 11;
  return `${first17}${'10X98765432'[sum % 11]}`;
}

test('resident identity numbers: form, date and check character', () => {
  assert.deepEqual(readIdNumber('11010519491231002X'), { number: '11010519491231002X', birth: '19491231' });
  assert.deepEqual(readIdNumber('11010519491231002x'), { number: '11010519491231002X', birth: '19491231' });
  assert.deepEqual(readIdNumber(withCheck('44030820000229123')), {
    number: withCheck('44030820000229123'),
    birth: '20000229',
  });
  const wrong = [
    '',
    '110105194912310021',
    '11010519491231002',
    '11010519491231002XX',
    '1101051949123100X2',
    ' 11010519491231002X',
    '１１０１０５１９４９１２３１００２X',
    withCheck('01010519491231002'),
    withCheck('11010518991231002'),
    withCheck('11010519491331002'),
    withCheck('11010519490431002'),
    withCheck('11010519490230002'),
    withCheck('11010519000229002'),
    withCheck('11010519990229002'),
  ];
  for (const number of wrong) assert.equal(readIdNumber(number), null, number);
});

test('of any true number no digit can be changed and no two neighbours swapped unnoticed', () => {
  const numbers = fc
    .tuple(
      fc.integer({ min: 110_000, max: 659_999 }),
      fc.date({ min: new Date('1930-01-01'), max: new Date('2025-12-31'), noInvalidDate: true }),
      fc.integer({ min: 0, max: 999 }),
    )
    .map(([place, birth, serial]) =>
      withCheck(
        `${place}${birth.toISOString().slice(0, 10).replaceAll('-', '')}${String(serial).padStart(3, '0')}`,
      ),
    );
  fc.assert(
    fc.property(
      numbers,
      fc.integer({ min: 0, max: 16 }),
      fc.integer({ min: 1, max: 9 }),
      (number, at, by) => {
        assert.ok(readIdNumber(number));
        const digits = [...number];
        const changed = digits.with(at, String((Number(digits[at]) + by) % 10)).join('');
        assert.equal(readIdNumber(changed), null);
        if (at < 16 && digits[at] !== digits[at + 1]) {
          const swapped = digits
            .with(at, digits[at + 1]!)
            .with(at + 1, digits[at]!)
            .join('');
          assert.equal(readIdNumber(swapped), null);
        }
      },
    ),
  );
});

test('a person comes of age on the birthday itself', () => {
  assert.equal(ageOn('20080302', '2026-03-01'), 17);
  assert.equal(ageOn('20080302', '2026-03-02'), 18);
  assert.equal(ageOn('20080229', '2026-02-28'), 17);
  assert.equal(ageOn('20080229', '2026-03-01'), 18);
  assert.equal(ageOn('20260302', '2026-03-02'), 0);
});

/** Codes that anybody can look up: Alibaba (China), Tencent Computer, Xiaomi Communications, Huawei Technologies. */
const COMPANIES = ['91330100799655058B', '9144030071526726XG', '91110108551385082Q', '914403001922038216'];

test('unified social credit codes: form, both check characters, and nothing near them', () => {
  for (const code of COMPANIES) {
    assert.equal(readCreditCode(code), code, code);
    assert.equal(readCreditCode(` ${code.toLowerCase()} `), code);
  }
  const wrong = [
    '',
    '9133010079965505',
    '91330100799655058C',
    '91330100799655058BX',
    '9133010O799655058B',
    '110105194912310021',
  ];
  for (const code of wrong) assert.equal(readCreditCode(code), null, code);
  const signs = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  fc.assert(
    fc.property(fc.constantFrom(...COMPANIES), fc.nat(17), fc.constantFrom(...signs), (code, at, sign) => {
      if (code[at] === sign) return;
      assert.equal(readCreditCode([...code].with(at, sign).join('')), null);
    }),
  );
});

test('numbers of other papers lose what people write between; what can be none is refused', () => {
  assert.equal(readPaperNumber('e 1234-5678'), 'E12345678');
  for (const text of ['', '1234', 'x'.repeat(31), '护照12345', 'AB_12345'])
    assert.equal(readPaperNumber(text), null, text);
});
