import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newToken, Sealer, sameSecret, tokenHash } from './seal.ts';

const sealer = new Sealer(Buffer.alloc(32, 7));

test('what was sealed opens for its owner, whatever it says', () => {
  for (const text of ['', 'Sparrow-3', '欧阳若兰 \u0000 🔑', 'x'.repeat(100_000)]) {
    assert.equal(sealer.open(sealer.seal(text, 'instance:1'), 'instance:1'), text);
  }
});

test('it opens for no other row, with no other key, and not when a single bit was changed', () => {
  const sealed = sealer.seal('Sparrow-3', 'instance:1');
  assert.throws(() => sealer.open(sealed, 'instance:2'));
  assert.throws(() => new Sealer(Buffer.alloc(32, 8)).open(sealed, 'instance:1'));
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed);
    changed[i]! ^= 1;
    assert.throws(() => sealer.open(changed, 'instance:1'), `byte ${i}`);
  }
  for (const cut of [0, 1, 12, 28, sealed.length - 1]) {
    assert.throws(() => sealer.open(sealed.subarray(0, cut), 'instance:1'), `${cut} bytes`);
  }
});

test('the same text never looks the same twice, and its length is all that shows', () => {
  const [a, b] = [sealer.seal('Sparrow-3', 'x'), sealer.seal('Sparrow-3', 'x')];
  assert.notDeepEqual(a, b);
  assert.equal(a.length, 1 + 12 + 16 + 9);
  assert.ok(!a.toString('latin1').includes('Sparrow'));
});

test('a key has 32 bytes', () => {
  assert.throws(() => new Sealer(randomBytes(31)), /32 bytes/);
});

test('fingerprints are the key’s own', () => {
  assert.equal(sealer.digest('x'), sealer.digest('x'));
  assert.notEqual(sealer.digest('x'), sealer.digest('y'));
  assert.notEqual(sealer.digest('x'), new Sealer(Buffer.alloc(32, 8)).digest('x'));
});

test('tokens are 256 random bits; secrets are compared whole', () => {
  const tokens = new Set(Array.from({ length: 1_000 }, newToken));
  assert.equal(tokens.size, 1_000);
  for (const token of tokens) assert.match(token, /^[\w-]{43}$/);
  assert.ok(sameSecret(tokenHash('a'), tokenHash('a')));
  assert.ok(!sameSecret(tokenHash('a'), tokenHash('b')));
  assert.ok(!sameSecret(tokenHash('a'), Buffer.alloc(0)));
});
