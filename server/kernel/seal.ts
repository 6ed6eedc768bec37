import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/**
 * Sealed columns: AES-256-GCM, bound to the row they belong to by additional data, so that a value copied
 * to another row doesn't open. Layout: version (1 byte), nonce (12), tag (16), ciphertext.
 */
export class Sealer {
  readonly #key: Buffer;

  /** `key`: 32 bytes. */
  constructor(key: Buffer) {
    if (key.length !== 32) throw new Error('a sealing key has 32 bytes');
    this.#key = key;
  }

  /** A keyed fingerprint (HMAC-SHA256): equal texts can be told, the text can't be guessed without the key. */
  digest(text: string): string {
    return createHmac('sha256', this.#key).update(`digest\0${text}`).digest('hex');
  }

  seal(plain: string, owner: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(owner));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from([1]), nonce, cipher.getAuthTag(), body]);
  }

  open(sealed: Buffer, owner: string): string {
    if (sealed[0] !== 1) throw new Error('sealed by an unknown version');
    const options = { authTagLength: 16 };
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(1, 13), options);
    decipher.setAAD(Buffer.from(owner));
    decipher.setAuthTag(sealed.subarray(13, 29));
    return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]).toString('utf8');
  }
}

/** A secret for a browser or a mail, 256 bits; the database keeps only `tokenHash` of it. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function sameSecret(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
