import type { LedgerRoot, ProofEntry } from '../api/ledger.ts';

/**
 * The check of an own statement, computed here and nowhere else: SHA-256 by the browser, the format of the ledger's
 * README (leaves, tree of RFC 6962, chain of days), paths by RFC 9162 §2.1.3.2.
 */

/** Browsers give cryptography to secure addresses only. */
export function canCheck(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const DAY = Uint8Array.of(2);
const encoder = new TextEncoder();

async function sha256(...parts: Uint8Array[]): Promise<Uint8Array> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', all));
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `<length in bytes>:<text>,` of each: no two lists of fields have the same bytes. */
function netstrings(fields: string[]): Uint8Array {
  return encoder.encode(fields.map((field) => `${encoder.encode(field).length}:${field},`).join(''));
}

/** Whether a day's root follows from the root before it, the day, the count and the tree. */
export async function rootHolds(root: LedgerRoot): Promise<boolean> {
  const head = ['cloudpact-ledger-1', root.brand, root.day, root.ends_at, String(root.entries)];
  const computed = await sha256(DAY, bytesOf(root.previous), netstrings(head), bytesOf(root.merkle_root));
  return hexOf(computed) === root.root;
}

/** Whether an entry's fields, along its path, lead to the day's tree. */
export async function entryHolds(entry: ProofEntry, root: LedgerRoot): Promise<boolean> {
  let place = entry.index;
  let last = root.entries - 1;
  let hash = await sha256(LEAF, netstrings(entry.fields));
  if (place > last) return false;
  for (const step of entry.path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = await sha256(NODE, bytesOf(step), hash);
      while (place % 2 === 0 && place > 0) {
        place = Math.floor(place / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = await sha256(NODE, hash, bytesOf(step));
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && hexOf(hash) === root.merkle_root;
}

/** Whether each of the published roots, newest first, names the one before it. */
export function chainHolds(roots: LedgerRoot[]): boolean {
  return roots.every((root, at) => {
    const before = roots[at + 1];
    return before === undefined || root.previous === before.root;
  });
}
