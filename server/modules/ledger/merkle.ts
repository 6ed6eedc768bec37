import { createHash } from 'node:crypto';

/**
 * The hashes of the ledger's proof, as the room's README lays them down: SHA-256, leaves and nodes told apart by their
 * first byte and the tree split as in RFC 6962 §2.1. Pure; no text of the database's own comes in but what is given.
 */

export const HASH_BYTES = 32;

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

export interface DayHead {
  brand: string;
  /** "2026-03-02" */
  day: string;
  /** The instant at which it ended, ISO 8601 in UTC with milliseconds. */
  endsAt: string;
  entries: number;
  merkleRoot: Uint8Array;
  /** Root of the brand's day before it, 32 zero bytes for the first. */
  previous: Uint8Array;
}

export function dayRoot(head: DayHead): Buffer {
  const fields = ['cloudpact-ledger-1', head.brand, head.day, head.endsAt, String(head.entries)];
  return sha256(Buffer.of(2), head.previous, netstrings(fields), head.merkleRoot);
}

export const FIRST_PREVIOUS = Buffer.alloc(HASH_BYTES);
