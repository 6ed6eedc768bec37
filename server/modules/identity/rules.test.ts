import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkPassword, hashPassword } from './password.ts';
import { ageOn, normalEmail, passwordWeakness, readIdNumber } from './rules.ts';

/** A number with the check character that GB 11643-1999 gives it, by the rule's other form: ISO 7064 MOD 11-2. */
function withCheck(first17: string): string {
  const sum = [...first17].reduce((total, digit) => (total + Number(digit)) * 2, 0) % 11;
  return `${first17}${'10X98765432'[sum % 11]}`;
}

test('resident identity numbers: form, date and check character', () => {
  assert.deepEqual(readIdNumber('11010519491231002X'), { birth: '19491231' });
  assert.deepEqual(readIdNumber('11010519491231002x'), { birth: '19491231' });
  assert.deepEqual(readIdNumber(withCheck('44030820000229123')), { birth: '20000229' });
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

test('weak passwords, each for its reason', () => {
  const weak: [string, string[], string][] = [
    ['', [], 'short'],
    ['Xy7-plum9', [], 'short'],
    ['password12', [], 'common'],
    ['Passw0rd!2024', [], 'common'],
    ['woaini5201314', [], 'common'],
    ['aaaaaaaaaaaa', [], 'repetitive'],
    ['1234567890', [], 'repetitive'],
    ['abcdefghijklm', [], 'repetitive'],
    ['zyxwvutsrqpo', [], 'repetitive'],
    ['abababababab', [], 'repetitive'],
    ['xiaoming-2026-ok', ['xiaoming'], 'personal'],
    ['ok-XiaoMing-9', ['xiaoming'], 'personal'],
    ['web1-plum-rain', ['web1'], 'personal'],
  ];
  for (const [password, context, reason] of weak)
    assert.equal(passwordWeakness(password, context), reason, password);
  const good = [
    'Plum-rain-9-geese',
    '梅雨時節的九隻雁與一座橋',
    'correct horse battery',
    'password is my mother tongue',
    'xY7!pL2@qR',
  ];
  for (const password of good) assert.equal(passwordWeakness(password, ['xiaoming', 'ab']), null, password);
});

test('[asiayun 6.7] passwords are kept as argon2id, salted, and match however their letters are composed', async () => {
  const [first, second] = await Promise.all([
    hashPassword('Café-mit-9-Gänsen', []),
    hashPassword('Café-mit-9-Gänsen', []),
  ]);
  assert.match(first, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.notEqual(first, second);
  assert.ok(await checkPassword(first, 'Café-mit-9-Gänsen'.normalize('NFD')));
  assert.ok(!(await checkPassword(first, 'Cafe-mit-9-Gansen')));
  assert.ok(!(await checkPassword(null, 'no account has this')), 'nobody’s password opens nothing');
  await assert.rejects(hashPassword('short', [], 'next'), (error: { code?: string; extra?: unknown }) => {
    assert.equal(error.code, 'weak-password');
    assert.deepEqual(error.extra, { errors: [{ field: 'next', message: 'short' }], reason: 'short' });
    return true;
  });
});

test('an address is looked up in one form', () => {
  assert.equal(normalEmail(' Wang.Wei@Example.COM '), 'wang.wei@example.com');
  assert.equal(normalEmail('ｗｅｉ@example.com'), 'wei@example.com');
});
