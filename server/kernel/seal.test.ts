import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newToken, Sealer, sameSecret, sealedBy, tokenHash, UnknownKeyError } from './seal.ts';

const sealer = Sealer.alone(Buffer.alloc(32, 7));

test('what was sealed opens for its owner, whatever it says', () => {
  for (const text of ['', 'Sparrow-3', '欧阳若兰 \u0000 🔑', 'x'.repeat(100_000)]) {
    assert.equal(sealer.open(sealer.seal(text, 'instance:1'), 'instance:1'), text);
  }
});

test('it opens for no other row, with no other key, and not when a single bit was changed', () => {
  const sealed = sealer.seal('Sparrow-3', 'instance:1');
  assert.throws(() => sealer.open(sealed, 'instance:2'));
  assert.throws(() => Sealer.alone(Buffer.alloc(32, 8)).open(sealed, 'instance:1'));
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
  assert.equal(a.length, 1 + 4 + 12 + 16 + 9);
  assert.ok(!a.toString('latin1').includes('Sparrow'));
});

test('a key has 32 bytes', () => {
  assert.throws(() => Sealer.alone(randomBytes(31)), /32 bytes/);
});

test('fingerprints are the key’s own', () => {
  assert.equal(sealer.digest('x'), sealer.digest('x'));
  assert.notEqual(sealer.digest('x'), sealer.digest('y'));
  assert.notEqual(sealer.digest('x'), Sealer.alone(Buffer.alloc(32, 8)).digest('x'));
});

test('a blind is the same for the same text and purpose alone, with any data key', () => {
  const rotated = new Sealer({
    fingerprint: Buffer.alloc(32, 7),
    seals: new Map([[9, randomBytes(32)]]),
    current: 9,
  });
  const blind = sealer.blind('id-number', '11010519491231002X');
  assert.match(blind, /^[0-9a-f]{64}$/);
  assert.equal(rotated.blind('id-number', '11010519491231002X'), blind);
  assert.notEqual(sealer.blind('guardian', '11010519491231002X'), blind);
  assert.notEqual(sealer.blind('id-number', '110105194912310021'), blind);
  assert.notEqual(Sealer.alone(Buffer.alloc(32, 8)).blind('id-number', '11010519491231002X'), blind);
});

test('a value names its key: what older keys sealed opens, what an unknown one sealed says so', () => {
  const keys = [randomBytes(32), randomBytes(32)] as const;
  const ring = (current: number, ...known: number[]) => ({
    fingerprint: keys[0],
    seals: new Map(known.map((id) => [id, keys[id - 1]!])),
    current,
  });
  const before = new Sealer(ring(1, 1));
  const old = before.seal('Sparrow-3', 'x');
  const after = new Sealer(ring(2, 1, 2));
  const fresh = after.seal('Sparrow-3', 'x');
  assert.deepEqual([sealedBy(old), sealedBy(fresh)], [1, 2]);
  assert.equal(after.open(old, 'x'), 'Sparrow-3');
  let asked = 0;
  before.onUnknown = () => asked++;
  assert.throws(() => before.open(fresh, 'x'), UnknownKeyError);
  assert.equal(asked, 1);
  before.become(ring(2, 1, 2));
  assert.equal(before.open(fresh, 'x'), 'Sparrow-3');
});

test('what was sealed before keys had numbers opens by the first', () => {
  const key = Buffer.alloc(32, 7);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('instance:1'));
  const body = Buffer.concat([cipher.update('Sparrow-3', 'utf8'), cipher.final()]);
  const sealed = Buffer.concat([Buffer.from([1]), nonce, cipher.getAuthTag(), body]);
  assert.equal(sealer.open(sealed, 'instance:1'), 'Sparrow-3');
  assert.throws(() => sealer.open(sealed, 'instance:2'));
});

test('tokens are 256 random bits; secrets are compared whole', () => {
  const tokens = new Set(Array.from({ length: 1_000 }, newToken));
  assert.equal(tokens.size, 1_000);
  for (const token of tokens) assert.match(token, /^[\w-]{43}$/);
  assert.ok(sameSecret(tokenHash('a'), tokenHash('a')));
  assert.ok(!sameSecret(tokenHash('a'), tokenHash('b')));
  assert.ok(!sameSecret(tokenHash('a'), Buffer.alloc(0)));
});

test('what is kept of a token is its SHA-256 (ASVS 11.4.1)', () => {
  // FIPS 180-4, example of one block.
  assert.equal(
    tokenHash('abc').toString('hex'),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
