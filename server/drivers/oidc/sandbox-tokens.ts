import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { untrustedKey } from '../stand-in/key-file.ts';

/** What the local OpenID provider does wrong when a test asks for it: its ID tokens, signed anew after they were changed. */
export type TokenFault =
  | 'unsigned'
  | 'other-key'
  | 'hmac'
  | 'other-audience'
  | 'other-issuer'
  | 'other-nonce'
  | 'expired'
  | 'no-nonce'
  | 'broken';

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
}

export function newSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid: crypto.randomUUID(), privateKey };
}

interface Claims extends Record<string, unknown> {
  exp: number;
  iat: number;
}

/** The token as a liar or a thief would have it. `clientSecret`: what both sides know. */
export function spoiltToken(
  token: string,
  fault: TokenFault,
  { kid, privateKey }: SigningKey,
  clientSecret: string,
): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Claims;
  const rs256 = (changed: Claims) =>
    joined({ alg: 'RS256', kid }, changed, (text) => sign('sha256', Buffer.from(text), privateKey));
  switch (fault) {
    case 'unsigned':
      return joined({ alg: 'none' }, claims, () => Buffer.alloc(0));
    case 'other-key':
      return joined({ alg: 'RS256', kid }, claims, (text) =>
        sign('sha256', Buffer.from(text), untrustedKey()),
      );
    case 'hmac': {
      // The public key taken for a secret, as in CVE-2015-9235.
      const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
      return joined({ alg: 'HS256', kid }, claims, (text) =>
        createHmac('sha256', kid ? pem : clientSecret)
          .update(text)
          .digest(),
      );
    }
    case 'other-audience':
      return rs256({ ...claims, aud: 'somebody-else' });
    case 'other-issuer':
      return rs256({ ...claims, iss: 'https://issuer.example' });
    case 'other-nonce':
      return rs256({ ...claims, nonce: 'another' });
    case 'no-nonce':
      return rs256({ ...claims, nonce: undefined });
    case 'expired':
      return rs256({ ...claims, iat: claims.iat - 7_200, exp: claims.exp - 7_200 });
    case 'broken':
      return token.replace(/.{8}$/, (tail) => [...tail].reverse().join(''));
  }
}

function joined(
  header: Record<string, string>,
  claims: Record<string, unknown>,
  signature: (text: string) => Buffer,
): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ typ: 'JWT', ...header })}.${part(claims)}`;
  return `${text}.${signature(text).toString('base64url')}`;
}
