import { generateKeyPair, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** PEM texts. The merchant's pair is ours, the other one plays Alipay's. */
export interface SandboxKeys {
  merchant: KeyPair;
  alipay: KeyPair;
}

interface KeyPair {
  /** PKCS#8. */
  privateKey: string;
  /** SPKI. */
  publicKey: string;
}

const generate = promisify(generateKeyPair);

async function keyPair(): Promise<KeyPair> {
  return generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/**
 * The local gateway's RSA-2048 keys, made at first use and kept in `dir` as a file that only its owner reads.
 * Two processes that start at once end up with the same keys. Throws Error when the file is damaged.
 */
export async function sandboxKeys(dir: string): Promise<SandboxKeys> {
  const path = join(dir, 'alipay-sandbox-keys.json');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const kept = await readKeys(path);
  if (kept) return kept;
  const [merchant, alipay] = await Promise.all([keyPair(), keyPair()]);
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, JSON.stringify({ merchant, alipay }), { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(temporary, path); // unlike rename, never replaces what another process wrote first
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary);
  }
  const written = await readKeys(path);
  if (!written) throw new Error(`${path} vanished`);
  return written;
}

async function readKeys(path: string): Promise<SandboxKeys | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  await chmod(path, 0o600);
  const keys = JSON.parse(text) as Partial<SandboxKeys>;
  for (const pair of [keys.merchant, keys.alipay]) {
    if (!pair?.privateKey || !pair.publicKey)
      throw new Error(`${path} is damaged; remove it to make new keys`);
  }
  return keys as SandboxKeys;
}
