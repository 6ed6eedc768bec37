import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type InnerList, isInnerList, parseDictionary, serializeInnerList } from 'structured-headers';

/**
 * HTTP Message Signatures (RFC 9421) with `hmac-sha256` and the digest of a body (RFC 9530), as far as requests to the
 * API need them: one signature a message, components without parameters. Pure; docs/api.md shows it worked out.
 */

/** A request as it goes over the wire. */
export interface Message {
  method: string;
  /** Path and query as they stand in the request line. */
  target: string;
  /** The Host header. */
  authority: string;
  /** By its name in lower case; several lines of one name are joined by ", " (RFC 9110 §5.2). */
  field(name: string): string | undefined;
}

export const ALGORITHM = 'hmac-sha256';

/** What a signature has to cover, or it covers too little; `content-digest` too where there is a body. */
export const REQUIRED = ['@method', '@path', '@query'] as const;

export interface Signature {
  /** In the order in which they were signed. */
  components: readonly string[];
  keyId: string;
  algorithm: string;
  /** Seconds since 1970. */
  created: number;
  expires: number | null;
  nonce: string;
  bytes: Buffer;
  /** What was signed. */
  base: string;
}

/** The signature of a message; null when it isn't one, or says less than it has to. */
export function signatureOf(message: Message): Signature | null {
  try {
    const inputs = parseDictionary(message.field('signature-input') ?? '');
    const signatures = parseDictionary(message.field('signature') ?? '');
    const [only, ...more] = inputs;
    if (!only || more.length > 0 || signatures.size !== 1) return null;
    const [label, input] = only;
    const signature = signatures.get(label);
    if (!isInnerList(input) || !signature || isInnerList(signature)) return null;
    const [bytes] = signature;
    if (!(bytes instanceof ArrayBuffer)) return null;
    const base = signatureBase(input, message);
    const said = parametersOf(input);
    return base === null || !said ? null : { ...said, ...base, bytes: Buffer.from(bytes) };
  } catch {
    // The fields are no structured fields (RFC 9651).
    return null;
  }
}

function parametersOf([, parameters]: InnerList) {
  const [keyId, algorithm, created, nonce] = ['keyid', 'alg', 'created', 'nonce'].map((name) =>
    parameters.get(name),
  );
  const expires = parameters.get('expires') ?? null;
  if (typeof keyId !== 'string' || typeof algorithm !== 'string' || typeof nonce !== 'string') return null;
  if (typeof created !== 'number' || !Number.isInteger(created)) return null;
  if (expires !== null && (typeof expires !== 'number' || !Number.isInteger(expires))) return null;
  return { keyId, algorithm, created, nonce, expires };
}

/** RFC 9421 §2.5; null when a component is unknown, named twice or isn't there. */
function signatureBase(
  input: InnerList,
  message: Message,
): { components: readonly string[]; base: string } | null {
  const components: string[] = [];
  const lines: string[] = [];
  for (const [name, parameters] of input[0]) {
    if (typeof name !== 'string' || parameters.size > 0 || components.includes(name)) return null;
    const value = component(name, message);
    if (value === undefined) return null;
    components.push(name);
    lines.push(`"${name}": ${value}`);
  }
  return { components, base: [...lines, `"@signature-params": ${serializeInnerList(input)}`].join('\n') };
}

function component(name: string, message: Message): string | undefined {
  const [path = '', ...query] = message.target.split('?');
  switch (name) {
    case '@method':
      return message.method;
    case '@path':
      return path || '/';
    case '@query':
      return `?${query.join('?')}`;
    case '@authority':
      return message.authority.toLowerCase();
    default:
      return /^[a-z][a-z0-9-]*$/.test(name) ? message.field(name)?.trim() : undefined;
  }
}

/** In constant time. */
export function signatureFits({ base, bytes }: Signature, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(base).digest();
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

/** `sha-256=:…:` (RFC 9530). */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** The SHA-256 that a Content-Digest field states; null when it states none. */
export function digestStated(field: string | undefined): Buffer | null {
  try {
    const stated = parseDictionary(field ?? '').get('sha-256');
    if (!stated || isInnerList(stated) || !(stated[0] instanceof ArrayBuffer)) return null;
    return stated[0].byteLength === 32 ? Buffer.from(stated[0]) : null;
  } catch {
    return null;
  }
}

/**
 * The fields that sign a request. `covers`: fields of it that are signed beside method, path, query and body, such as
 * `idempotency-key`. `nonce`: 16 to 64 characters, never the same again with this key.
 */
export function signRequest(
  message: Message,
  key: { id: string; secret: string },
  options: { created: Date; nonce: string; body?: Uint8Array | undefined; covers?: readonly string[] },
): Record<string, string> {
  const { created, nonce, body, covers = [] } = options;
  const digest = body && body.length > 0 ? contentDigest(body) : null;
  const components = [...REQUIRED, ...(digest ? ['content-digest'] : []), ...covers];
  const input: InnerList = [
    components.map((name) => [name, new Map()]),
    new Map<string, string | number>([
      ['created', Math.floor(created.getTime() / 1_000)],
      ['nonce', nonce],
      ['alg', ALGORITHM],
      ['keyid', key.id],
    ]),
  ];
  const field = (name: string) => (name === 'content-digest' ? (digest ?? undefined) : message.field(name));
  const signed = signatureBase(input, { ...message, field });
  if (!signed) throw new Error(`the request has not all of ${components.join(', ')}`);
  const signature = createHmac('sha256', key.secret).update(signed.base).digest('base64');
  return {
    ...(digest ? { 'content-digest': digest } : {}),
    'signature-input': `sig=${serializeInnerList(input)}`,
    signature: `sig=:${signature}:`,
  };
}
