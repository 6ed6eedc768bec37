import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stand-ins of Alibaba Cloud's services have in common: a server that lets only signed requests through. */

export interface AliyunSandboxOptions {
  accessKeyId: string;
  accessKeySecret: string;
  /** On 127.0.0.1; any free one when left out. */
  port?: number;
}

export interface AliyunSandbox {
  /** "127.0.0.1:40123": the driver's `endpoint`, to go with protocol "http". */
  endpoint: string;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** What the service does with an authentic request. */
export type Service = (request: IncomingMessage, body: string) => Answer | Promise<Answer>;

const BODY_LIMIT_BYTES = 16 * 1024;
/** A request counts for so long after its x-acs-date, and its nonce is remembered as long. */
const VALID_MS = 15 * 60_000;

/**
 * Verifies each request as the real services do (signature version 3, ACS3-HMAC-SHA256, nonce, date). `product` is
 * what its errors name.
 */
export async function startSandbox(
  options: AliyunSandboxOptions,
  product: string,
  service: Service,
): Promise<AliyunSandbox> {
  const nonces = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(options, product, service, nonces, request).then(
      (result) => send(response, result),
      () => response.destroy(), // the request broke off or was too long
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `127.0.0.1:${port}`, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const requestId = randomUUID().toUpperCase();
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'x-acs-request-id': requestId,
  });
  response.end(JSON.stringify({ RequestId: requestId, ...body }));
}

export function refusal(product: string, status: number, code: string, message: string): Answer {
  const recommend = `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(code)}&product=${product}`;
  const host = `${product.toLowerCase()}.sandbox.local`;
  return { status, body: { HostId: host, Code: code, Message: message, Recommend: recommend } };
}

async function answer(
  options: AliyunSandboxOptions,
  product: string,
  service: Service,
  nonces: Map<string, number>,
  request: IncomingMessage,
): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_LIMIT_BYTES) throw new Error('body too long');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const refused = unauthentic(options, nonces, request, body);
  if (refused) return refusal(product, refused.status, refused.code, refused.message);
  return service(request, body.toString('utf8'));
}

export function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

interface Wrong {
  status: number;
  code: string;
  message: string;
}

function wrong(status: number, code: string, message: string): Wrong {
  return { status, code, message };
}

/** Why the request isn't the holder's of the key, as the service words it; null when it is. */
function unauthentic(
  options: AliyunSandboxOptions,
  nonces: Map<string, number>,
  request: IncomingMessage,
  body: Buffer,
): Wrong | null {
  const { authorization = '' } = request.headers;
  const match = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  const [, accessKeyId, signedHeaders = '', signature = ''] = match ?? [];
  if (!match) return wrong(400, 'MissingAuthorization', 'Authorization is mandatory for this action.');
  if (accessKeyId !== options.accessKeyId) {
    return wrong(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  }
  const names = signedHeaders.split(';');
  const mandatory = Object.keys(request.headers).filter((name) =>
    /^(host|content-type|x-acs-.*)$/.test(name),
  );
  const payloadHash = createHash('sha256').update(body).digest('hex');
  const whole =
    mandatory.every((name) => names.includes(name)) &&
    header(request, 'x-acs-content-sha256') === payloadHash;
  const expected = signatureOf(options.accessKeySecret, request, names, payloadHash);
  if (!whole || !timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) {
    return wrong(400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.');
  }
  return replayed(nonces, header(request, 'x-acs-date'), header(request, 'x-acs-signature-nonce'));
}

/** Signature version 3: the canonical request's hash under the secret (V3版本请求体&签名机制). */
function signatureOf(secret: string, request: IncomingMessage, names: string[], payloadHash: string): string {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const query = [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const headers = [...names].sort().map((name) => `${name}:${header(request, name).trim()}\n`);
  const canonical = [
    request.method,
    url.pathname,
    query,
    headers.join(''),
    names.join(';'),
    payloadHash,
  ].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  return createHmac('sha256', secret).update(`ACS3-HMAC-SHA256\n${digest}`).digest('hex');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function replayed(nonces: Map<string, number>, date: string, nonce: string): Wrong | null {
  const sent = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date) ? Date.parse(date) : Number.NaN;
  const now = Date.now();
  if (!(Math.abs(now - sent) <= VALID_MS)) {
    return wrong(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
  }
  for (const [known, until] of nonces) if (until < now) nonces.delete(known);
  if (nonce === '' || nonces.has(nonce)) {
    return wrong(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
  }
  nonces.set(nonce, sent + 2 * VALID_MS);
  return null;
}
