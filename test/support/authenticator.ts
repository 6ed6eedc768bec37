import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/**
 * An authenticator in software that speaks WebAuthn as a browser passes it on: ES256 keys, no attestation. It does what
 * it is told to, a false origin and a counter that goes back included.
 */
export interface Passkey {
  id: string;
  userHandle: string;
  rpId: string;
  key: KeyObject;
  counter: number;
}

interface Quirks {
  origin: string;
  /** Whether it checked its owner; true unless said otherwise. */
  verified?: boolean;
  rpId?: string;
}

interface CreationOptions {
  challenge: string;
  rp: { id: string };
  user: { id: string };
}

interface RequestOptions {
  challenge: string;
  rpId?: string;
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();

function flagged(rpId: string, flags: number, counter: number): Buffer {
  const head = Buffer.alloc(37);
  sha256(rpId).copy(head);
  head[32] = flags;
  head.writeUInt32BE(counter, 33);
  return head;
}

function clientData(type: string, challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

/** Makes a passkey; returns it and what the browser answers with. */
export function passkeyMake(options: CreationOptions, quirks: Quirks) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const cose = isoCBOR.encode(
    new Map<number, number | Uint8Array<ArrayBuffer>>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ]),
  );
  const id = randomBytes(32);
  const rpId = quirks.rpId ?? options.rp.id;
  const passkey: Passkey = {
    id: base64url(id),
    userHandle: options.user.id,
    rpId,
    key: privateKey,
    counter: 0,
  };
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  const flags = 0x41 | (quirks.verified === false ? 0 : 0x04);
  const authData = Buffer.concat([flagged(rpId, flags, 0), Buffer.alloc(16), length, id, cose]);
  const attestationObject = isoCBOR.encode(
    new Map<string, string | Map<string, string> | Uint8Array<ArrayBuffer>>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ]),
  );
  const response = {
    id: passkey.id,
    rawId: passkey.id,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: base64url(clientData('webauthn.create', options.challenge, quirks.origin)),
      attestationObject: base64url(attestationObject),
      transports: ['internal'],
    },
  };
  return { passkey, response };
}

/** Signs a challenge; its counter goes on by itself, unless `counter` says what it shows. */
export function passkeySign(
  passkey: Passkey,
  options: RequestOptions,
  quirks: Quirks & { counter?: number },
) {
  passkey.counter = quirks.counter ?? passkey.counter + 1;
  const flags = 0x01 | (quirks.verified === false ? 0 : 0x04);
  const authenticatorData = flagged(quirks.rpId ?? passkey.rpId, flags, passkey.counter);
  const data = clientData('webauthn.get', options.challenge, quirks.origin);
  const signature = createSign('sha256')
    .update(Buffer.concat([authenticatorData, sha256(data)]))
    .sign(passkey.key);
  return {
    id: passkey.id,
    rawId: passkey.id,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: base64url(data),
      authenticatorData: base64url(authenticatorData),
      signature: base64url(signature),
      userHandle: passkey.userHandle,
    },
  };
}
