import { generateKeyPair, generateKeyPairSync, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** PEM texts of an RSA-2048 pair. */
export interface KeyPair {
  /** PKCS#8. */
  privateKey: string;
  /** SPKI. */
  publicKey: string;
}

const generate = promisify(generateKeyPair);

export async function newKeyPair(): Promise<KeyPair> {
  return generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

let foreignKey: string | undefined;

/** A private key that no one trusts, for the fault of that name. */
export function untrustedKey(): string {
  foreignKey ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;
  return foreignKey;
}

/**
 * A stand-in's keys, made at first use and kept as a file that only its owner reads. Two processes that start at
 * once end up with the same keys. Throws Error when `whole` says that the file is damaged.
 */
export async function keptKeys<T>(
  path: string,
  whole: (keys: Partial<T>) => boolean,
  make: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const kept = await readKeys(path, whole);
  if (kept) return kept;
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, JSON.stringify(await make()), { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(temporary, path); // unlike rename, never replaces what another process wrote first
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary);
  }
  const written = await readKeys(path, whole);
  if (!written) throw new Error(`${path} vanished`);
  return written;
}

async function readKeys<T>(path: string, whole: (keys: Partial<T>) => boolean): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  await chmod(path, 0o600);
  const keys = JSON.parse(text) as Partial<T>;
  if (!whole(keys)) throw new Error(`${path} is damaged; remove it to make new keys`);
  return keys as T;
}
