import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { leafHash, merklePath, merkleRoot } from './merkle.ts';

const sha = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leaves = (count: number) => Array.from({ length: count }, (_, i) => sha(String(i)));

/** RFC 9162 §2.1.3.2, which is another way than ours to say the same tree. */
function climbs(leaf: Uint8Array, index: number, size: number, path: Uint8Array[]): Uint8Array | null {
  let [place, last, hash] = [index, size - 1, leaf];
  for (const step of path) {
    if (last === 0) return null;
    if (place % 2 === 1 || place === last) {
      hash = sha(Buffer.of(1), step, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [place >> 1, last >> 1];
    } else hash = sha(Buffer.of(1), hash, step);
    [place, last] = [place >> 1, last >> 1];
  }
  return last === 0 ? hash : null;
}

test('trees of every size: each leaf climbs to the root by its path', () => {
  for (let size = 1; size <= 70; size++) {
    const all = leaves(size);
    const root = merkleRoot(all);
    for (const [i, leaf] of all.entries())
      assert.deepEqual(climbs(leaf, i, size, merklePath(all, i)), root, `${i} of ${size}`);
  }
});

test('roots of whole chunks are nodes of the same tree', () => {
  for (const size of [255, 256, 257, 511, 512, 513, 768, 1_000, 1_025, 2_600]) {
    const all = leaves(size);
    const chunks = Array.from({ length: Math.ceil(size / 256) }, (_, i) =>
      merkleRoot(all.slice(i * 256, (i + 1) * 256)),
    );
    assert.deepEqual(merkleRoot(chunks), merkleRoot(all), String(size));
    const at = size - 1;
    const chunk = Math.floor(at / 256);
    const path = [
      ...merklePath(all.slice(chunk * 256, (chunk + 1) * 256), at % 256),
      ...merklePath(chunks, chunk),
    ];
    assert.deepEqual(climbs(all[at]!, at, size, path), merkleRoot(all));
  }
});

test('no field can run into the next, and a leaf is no node', () => {
  assert.notDeepEqual(leafHash(['ab', 'c']), leafHash(['a', 'bc']));
  assert.notDeepEqual(leafHash(['1:a,']), leafHash(['a']));
  assert.deepEqual(leafHash(['余额', '']), sha(Buffer.of(0), '6:余额,0:,'));
});
