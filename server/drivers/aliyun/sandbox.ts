import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

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

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

const BODY_LIMIT_BYTES = 16 * 1024;
/** A request counts for so long after its x-acs-date, and its nonce is remembered as long. */
const VALID_MS = 15 * 60_000;

/**
 * Speaks Id2MetaVerify of Cloudauth 2019-03-07 on this machine and verifies each request as the real service does
 * (signature version 3, ACS3-HMAC-SHA256, nonce, date). Numbers with a true date and check digit pass, unless the
 * name is 不一致 (inconsistent) or 查无 (no record). What was asked is neither kept nor logged.
 */
export async function startAliyunSandbox(options: AliyunSandboxOptions): Promise<AliyunSandbox> {
  const nonces = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(options, nonces, request).then(
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

function refusal(status: number, code: string, message: string): Answer {
  const recommend = `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(code)}&product=Cloudauth`;
  return {
    status,
    body: { HostId: 'cloudauth.sandbox.local', Code: code, Message: message, Recommend: recommend },
  };
}

async function answer(
  options: AliyunSandboxOptions,
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
  return (
    unauthentic(options, nonces, request, body) ??
    verified(request, new URLSearchParams(body.toString('utf8')))
  );
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** Why the request isn't the holder's of the key, as the service words it; null when it is. */
function unauthentic(
  options: AliyunSandboxOptions,
  nonces: Map<string, number>,
  request: IncomingMessage,
  body: Buffer,
): Answer | null {
  const { authorization = '' } = request.headers;
  const match = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  const [, accessKeyId, signedHeaders = '', signature = ''] = match ?? [];
  if (!match) return refusal(400, 'MissingAuthorization', 'Authorization is mandatory for this action.');
  if (accessKeyId !== options.accessKeyId) {
    return refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
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
    return refusal(400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.');
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

function replayed(nonces: Map<string, number>, date: string, nonce: string): Answer | null {
  const sent = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date) ? Date.parse(date) : Number.NaN;
  const now = Date.now();
  if (!(Math.abs(now - sent) <= VALID_MS)) {
    return refusal(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
  }
  for (const [known, until] of nonces) if (until < now) nonces.delete(known);
  if (nonce === '' || nonces.has(nonce)) {
    return refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
  }
  nonces.set(nonce, sent + 2 * VALID_MS);
  return null;
}

function verified(request: IncomingMessage, form: URLSearchParams): Answer {
  if (
    header(request, 'x-acs-action') !== 'Id2MetaVerify' ||
    header(request, 'x-acs-version') !== '2019-03-07'
  ) {
    return refusal(
      404,
      'InvalidAction.NotFound',
      'Specified api is not found, please check your url and method.',
    );
  }
  const name = form.get('UserName') ?? '';
  const idNumber = form.get('IdentifyNum') ?? '';
  if (form.get('ParamType') !== 'normal') return refusal(400, '401', '参数非法(paramType)');
  if (name === '' || idNumber === '') return refusal(400, '400', '参数不能为空');
  if (!/^[\p{Script=Han}·]{2,30}$/u.test(name)) return refusal(400, '401', '参数非法(userName)');
  if (!isIdNumber(idNumber)) return refusal(400, '401', '参数非法(identifyNum)');
  const bizCode = { 不一致: '2', 查无: '3' }[name] ?? '1';
  return { status: 200, body: { Code: '200', Message: 'success', ResultObject: { BizCode: bizCode } } };
}

/** GB 11643-1999: six digits of place, the date of birth, three of sequence, the check digit of ISO 7064 MOD 11-2. */
function isIdNumber(text: string): boolean {
  const [, year, month, day] = /^[1-9]\d{5}((?:19|20)\d{2})(\d{2})(\d{2})\d{3}[\dX]$/.exec(text) ?? [];
  const birth = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(birth.getTime()) || birth.toISOString().slice(0, 10) !== `${year}-${month}-${day}`)
    return false;
  const sum = [...text].reduce((total, digit, index) => {
    const value = digit === 'X' ? 10 : Number(digit);
    return total + value * (2 ** (17 - index) % 11);
  }, 0);
  return sum % 11 === 1;
}
