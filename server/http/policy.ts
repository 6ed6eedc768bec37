import { randomBytes } from 'node:crypto';
import helmet from '@fastify/helmet';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';

/**
 * What browsers may do with our answers (CSP Level 3, Permissions Policy, Fetch Metadata). An answer of the API is data:
 * nothing in it is run, drawn or framed. A page of the console runs its own files, and styles that carry the nonce of
 * just this answer.
 */

const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What the console uses of a browser's powers: passkeys, and copying to the clipboard. */
const POWERS = [
  ...[
    'accelerometer',
    'autoplay',
    'browsing-topics',
    'camera',
    'display-capture',
    'encrypted-media',
    'fullscreen',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
    'local-fonts',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'picture-in-picture',
    'screen-wake-lock',
    'serial',
    'usb',
    'xr-spatial-tracking',
  ].map((power) => `${power}=()`),
  ...['clipboard-write', 'publickey-credentials-create', 'publickey-credentials-get'].map(
    (power) => `${power}=(self)`,
  ),
].join(', ');

export async function policies(app: App, house: House): Promise<void> {
  await app.register(helmet, {
    hsts: secure(house) ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    crossOriginEmbedderPolicy: false,
    contentSecurityPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('content-security-policy', DATA_POLICY).header('permissions-policy', POWERS);
    // Personal data stays in no cache, a proxy's or a browser's; what may be kept says so itself.
    if (request.url.startsWith('/api')) void reply.header('cache-control', 'no-store');
  });
}

/**
 * What came to the proxy by plain http, as it says itself: who opens a page is led on. A client of the API has sent its
 * secrets in the clear, and has to learn it (ASVS 4.1.2). Returns whether an answer is on its way.
 */
export function ledToHttps(house: House, request: FastifyRequest, reply: FastifyReply): boolean {
  const plain = request.headers['x-forwarded-proto'] !== undefined && request.protocol === 'http';
  if (!plain || !house.config.trustProxy || !secure(house)) return false;
  const { method, url, host } = request;
  const page = (method === 'GET' || method === 'HEAD') && /^\/(?!api\/|\/)/.test(url);
  if (!page || !/^[\w.-]+$/.test(host)) throw problem['https-needed']();
  void reply.redirect(`https://${host}${url}`, 308);
  return true;
}

/** The brand stands in the Host, so there is exactly one (RFC 9112 §3.2): of two, a proxy may read the other. */
export function refuseTwoHosts({ raw }: FastifyRequest): void {
  const hosts = raw.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length !== 1) throw problem['invalid-input']();
}

function secure(house: House): boolean {
  return house.config.publicUrl.startsWith('https:');
}

/** Sets the policy of a page, and gives the nonce that its styles need. */
export function pagePolicy(house: House, request: FastifyRequest, reply: FastifyReply): string {
  const nonce = randomBytes(18).toString('base64');
  void reply.header(
    'content-security-policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "font-src 'self'",
      `connect-src 'self'${sockets(request)}`,
      "worker-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      // No string becomes markup or a script's address but through these two (console/src/trusted-types.ts).
      "require-trusted-types-for 'script'",
      'trusted-types default proof-worker',
      ...(secure(house) ? ['upgrade-insecure-requests'] : []),
    ].join('; '),
  );
  return nonce;
}

/** Where browsers don't count a WebSocket to the page's own host as 'self'. */
function sockets(request: FastifyRequest): string {
  if (!/^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i.test(request.host)) return '';
  return ` ${request.protocol === 'https' ? 'wss' : 'ws'}://${request.host}`;
}
