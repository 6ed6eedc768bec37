import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPassword, hashPassword } from './password.ts';
import { passwordWeakness } from './password-weakness.ts';
import { normalEmail } from './rules.ts';

test('weak passwords, each for its reason: too short, leaked, guessed by habit, the owner’s own words', () => {
  const weak: [string, string[], string][] = [
    ['', [], 'short'],
    ['Xy7-plu', [], 'short'],
    ['password12', [], 'common'],
    ['Passw0rd!2024', [], 'common'],
    ['P@ssw0rd', [], 'common'],
    ['1qaz@WSX', [], 'common'],
    ['QQ123456789', [], 'common'],
    ['Liverpool1', [], 'common'],
    ['woaini5201314', [], 'common'],
    ['1234567890', [], 'common'],
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
    'xY7!pL2@',
    'all lower and no digit',
  ];
  for (const password of good) assert.equal(passwordWeakness(password, ['xiaoming', 'ab']), null, password);
});

test('what was breached is found though nothing about it looks weak, in any case; what only contains it is not', () => {
  assert.equal(passwordWeakness('Spudnick006', []), 'common');
  assert.equal(passwordWeakness('THIENTHAN', []), 'common');
  assert.equal(passwordWeakness('a thienthan by the mill', []), null);
});

test('[asiayun 6.7] passwords are kept as argon2id, salted, and match however their letters are composed', async () => {
  const [first, second] = await Promise.all([
    hashPassword('Café-mit-9-Gänsen', []),
    hashPassword('Café-mit-9-Gänsen', []),
  ]);
  assert.match(first, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
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
