import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** The data keys of a deployment, opened (see seal-keys.ts). Each has 32 bytes. */
export interface KeyRing {
  /** For fingerprints; the same for as long as the deployment lives. */
  fingerprint: Buffer;
  /** By number, above zero. What was sealed before there were numbers is number 1. */
  seals: ReadonlyMap<number, Buffer>;
  /** The one that seals now. */
  current: number;
}

/** The value names a key that this process doesn't know: it was made since, or isn't of this deployment. */
export class UnknownKeyError extends Error {}

const HEAD = 5;
const NONCE = 12;
const TAG = 16;

/**
 * Sealed columns: AES-256-GCM, bound to the row they belong to by additional data (the caller's `owner`), so that a
 * value copied to another row doesn't open. Layout: version 2 (1 byte), number of the data key (4, big endian),
 * nonce (12), tag (16), ciphertext; version and number are bound too. Version 1 has no number.
 */
export class Sealer {
  #ring: KeyRing;
  readonly #blinds = new Map<string, Buffer>();
  /** Called when a value names a key that isn't known: whoever keeps the ring reads it again. */
  onUnknown: () => void = () => undefined;

  constructor(ring: KeyRing) {
    this.#ring = checked(ring);
  }

  /** With one key for everything, 32 bytes; for tests. */
  static alone(key: Buffer): Sealer {
    return new Sealer({ fingerprint: key, seals: new Map([[1, key]]), current: 1 });
  }

  /** Goes on with the keys as they were read again. */
  become(ring: KeyRing): void {
    this.#ring = checked(ring);
    this.#blinds.clear();
  }

  /** The number of the key that seals now. */
  get current(): number {
    return this.#ring.current;
  }

  /** A keyed fingerprint (HMAC-SHA256): equal texts can be told, the text can't be guessed without the key. */
  digest(text: string): string {
    return createHmac('sha256', this.#ring.fingerprint).update(`digest\0${text}`).digest('hex');
  }

  /**
   * The same with a key of the purpose's own (HKDF-SHA256, RFC 5869): equal texts show within one purpose and never
   * across two. 64 hex digits; stays the same when keys are rotated.
   */
  blind(purpose: string, text: string): string {
    let key = this.#blinds.get(purpose);
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.#ring.fingerprint, '', `cloudpact blind\0${purpose}`, 32));
      this.#blinds.set(purpose, key);
    }
    return createHmac('sha256', key).update(text).digest('hex');
  }

  seal(plain: string, owner: string): Buffer {
    const head = Buffer.alloc(HEAD);
    head[0] = 2;
    head.writeUInt32BE(this.#ring.current, 1);
    const nonce = randomBytes(NONCE);
    const key = this.#ring.seals.get(this.#ring.current)!;
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound(head, owner));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([head, nonce, cipher.getAuthTag(), body]);
  }

  /** Throws when it was sealed for another owner, was changed, or by an `UnknownKeyError`. */
  open(sealed: Buffer, owner: string): string {
    const number = sealedBy(sealed);
    const head = sealed[0] === 1 ? 1 : HEAD;
    const key = this.#ring.seals.get(number);
    if (!key) {
      this.onUnknown();
      throw new UnknownKeyError(`sealed by data key ${number}, which isn't known here`);
    }
    const nonce = sealed.subarray(head, head + NONCE);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
    decipher.setAAD(head === 1 ? Buffer.from(owner) : bound(sealed.subarray(0, HEAD), owner));
    decipher.setAuthTag(sealed.subarray(head + NONCE, head + NONCE + TAG));
    const body = sealed.subarray(head + NONCE + TAG);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  }
}

/** The number of the data key that sealed it. */
export function sealedBy(sealed: Buffer): number {
  if (sealed[0] === 1) return 1;
  if (sealed[0] !== 2 || sealed.length < HEAD) throw new Error('sealed by an unknown version');
  return sealed.readUInt32BE(1);
}

function bound(head: Buffer, owner: string): Buffer {
  return Buffer.concat([head, Buffer.from(owner)]);
}

function checked(ring: KeyRing): KeyRing {
  for (const key of [ring.fingerprint, ...ring.seals.values()])
    if (key.length !== 32) throw new Error('a sealing key has 32 bytes');
  if (!ring.seals.has(ring.current)) throw new Error(`there is no data key ${ring.current}`);
  return ring;
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
