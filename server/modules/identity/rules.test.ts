import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkPassword, hashPassword } from './password.ts';
import { normalEmail, passwordWeakness } from './rules.ts';

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
