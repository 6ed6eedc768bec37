import { createHash } from 'node:crypto';

/**
 * Hash trees for records that are sealed (ledger, audit): SHA-256, leaves and nodes told apart by their first byte and
 * the tree split as in RFC 6962 §2.1. Pure; no text of the database's own comes in but what is given.
 */

export const HASH_BYTES = 32;

/** What the first of a chain has before it. */
export const FIRST_PREVIOUS = Buffer.alloc(HASH_BYTES);

function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Fields so that none can run into the next: "5:hello," (netstrings), in UTF-8. */
function netstrings(fields: string[]): Buffer {
  return Buffer.from(fields.map((field) => `${Buffer.byteLength(field)}:${field},`).join(''));
}

export function leafHash(fields: string[]): Buffer {
  return sha256(Buffer.of(0), netstrings(fields));
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.of(1), left, right);
}

/** The largest power of two below `count` (count ≥ 2). */
function split(count: number): number {
  return 2 ** (31 - Math.clz32(count - 1));
}

/** Root over at least one hash. */
export function merkleRoot(hashes: Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0]!;
  const k = split(hashes.length);
  return nodeHash(merkleRoot(hashes.slice(0, k)), merkleRoot(hashes.slice(k)));
}

/** What has to be hashed with the one at `index`, from the leaf up. */
export function merklePath(hashes: Uint8Array[], index: number): Uint8Array[] {
  if (hashes.length <= 1) return [];
  const k = split(hashes.length);
  return index < k
    ? [...merklePath(hashes.slice(0, k), index), merkleRoot(hashes.slice(k))]
    : [...merklePath(hashes.slice(k), index - k), merkleRoot(hashes.slice(0, k))];
}

/** A link of a chain of roots: what it says of itself, the root of what is in it, the link before it. */
export function chainRoot(link: { fields: string[]; merkleRoot: Uint8Array; previous: Uint8Array }): Buffer {
  return sha256(Buffer.of(2), link.previous, netstrings(link.fields), link.merkleRoot);
}

/** Hashes that were kept one after another. */
export function cut(leaves: Buffer): Buffer[] {
  return Array.from({ length: leaves.length / HASH_BYTES }, (_, i) =>
    leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}
