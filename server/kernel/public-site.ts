import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { type ConnectionOptions, connect, type SecureVersion, type TLSSocket } from 'node:tls';

/** What visitors meet at the public address, seen by going there: TLS as RFC 9325 (BCP 195) asks for it, HSTS, no plain http. */

export interface SiteFinding {
  name: string;
  good: boolean;
  detail: string;
  remedy: string;
}

export interface SiteOptions {
  now: Date;
  /** Certificates to trust instead of the system's and Node's. */
  ca?: string;
  /** Port of plain http. */
  plainPort?: number;
}

const WAIT_MS = 5_000;
const DAY_MS = 86_400_000;
/** A certificate that ends sooner wasn't renewed when it should have been. */
const DAYS_LEFT = 14;
const YEAR_S = 31_536_000;

/** RFC 9325 §4.1: nothing without forward secrecy, nothing but authenticated encryption. */
const WEAK_SUITES = [
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA',
  'AES256-SHA',
  'AES128-SHA256',
  'AES256-SHA256',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-RSA-AES256-SHA384',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
].join(':');

export async function lookAtSite(publicUrl: string, options: SiteOptions): Promise<SiteFinding[]> {
  const url = new URL(publicUrl);
  if (url.protocol !== 'https:')
    return [finding('https', `${publicUrl} is plain http`, 'set CLOUDPACT_PUBLIC_URL to the https address')];
  const site = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 443), ...options };
  const seen = await certificate(site);
  // Without an answer nothing else can be told.
  if (seen.detail.startsWith('no answer')) return [seen];
  return [seen, await versions(site), await suites(site), await hsts(url, site), await plain(url, site)];
}

interface Site extends SiteOptions {
  host: string;
  port: number;
}

async function certificate(site: Site): Promise<SiteFinding> {
  const remedy = 'have the proxy renew it in good time (certbot, acme.sh), with its whole chain';
  try {
    const days = await withTls(site, {}, (socket) => {
      const { valid_to } = socket.getPeerCertificate();
      return Math.floor((Date.parse(valid_to) - site.now.getTime()) / DAY_MS);
    });
    return finding('certificate', `good for ${days} days more`, days < DAYS_LEFT ? remedy : '');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const silent =
      code.startsWith('ECONN') || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ETIMEDOUT';
    return silent
      ? finding(
          'certificate',
          `no answer at ${site.host}:${site.port} (${code})`,
          'is the proxy running, and the name in DNS?',
        )
      : finding('certificate', message, remedy);
  }
}

async function versions(site: Site): Promise<SiteFinding> {
  const offered: string[] = [];
  for (const version of ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const)
    if (await speaks(site, version)) offered.push(version);
  const old = offered.filter((version) => version === 'TLSv1' || version === 'TLSv1.1');
  const remedy = old.length > 0 || offered.length === 0 ? 'nginx: ssl_protocols TLSv1.2 TLSv1.3;' : '';
  return finding('TLS versions', offered.join(', ') || 'none of 1.0 to 1.3', remedy);
}

function speaks(site: Site, version: SecureVersion, ciphers = 'DEFAULT'): Promise<boolean> {
  const only = { minVersion: version, maxVersion: version, ciphers: `${ciphers}:@SECLEVEL=0` };
  return withTls(site, { ...only, rejectUnauthorized: false }, () => true).catch(() => false);
}

async function suites(site: Site): Promise<SiteFinding> {
  const remedy = 'nginx: ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;';
  try {
    const weak = await withTls(
      site,
      { maxVersion: 'TLSv1.2', ciphers: `${WEAK_SUITES}:@SECLEVEL=0`, rejectUnauthorized: false },
      (socket) => socket.getCipher().name,
    );
    return finding('cipher suites', `takes ${weak} too`, remedy);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    // Only who was reached and refused the handshake has shown anything.
    if (!/^(ERR_SSL_|EPROTO|ECONNRESET)/.test(code)) return finding('cipher suites', message, remedy);
    return finding('cipher suites', 'with forward secrecy and authenticated alone', '');
  }
}

async function hsts(url: URL, site: Site): Promise<SiteFinding> {
  const remedy = 'let Strict-Transport-Security of the answers through, or have the proxy send it';
  try {
    const headers = await answer(secureRequest, new URL('/api/v1/brand', url), site);
    const said = String(headers['strict-transport-security'] ?? '');
    const age = Number(/max-age=(\d+)/i.exec(said)?.[1] ?? 0);
    return finding('HSTS', said || 'not sent', age >= YEAR_S ? '' : remedy);
  } catch (error) {
    return finding('HSTS', (error as Error).message, remedy);
  }
}

/** ASVS 4.1.2: a page leads to https; an answer of the API doesn't, so that a client's mistake is seen and not hidden. */
async function plain(url: URL, site: Site): Promise<SiteFinding> {
  const name = 'plain http';
  const at = (path: string) => new URL(path, `http://${url.hostname}:${site.plainPort ?? 80}`);
  try {
    const page = await answer(plainRequest, at('/'), site);
    const api = await answer(plainRequest, at('/api/v1/brand'), site);
    const leads = String(page.location ?? '').startsWith('https://');
    if (!leads)
      return finding(name, `/ answers ${page.status} without leading to https`, 'return 308 https://…');
    if (api.status < 400)
      return finding(
        name,
        `/api answers ${api.status} over plain http`,
        'answer /api/ with 403 over plain http',
      );
    return finding(name, `pages lead to https, /api is refused (${api.status})`, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ECONNREFUSED'
      ? finding(name, 'nothing listens', '')
      : finding(name, `can't be told: ${(error as Error).message}`, 'look at port 80');
  }
}

function answer(
  request: typeof plainRequest,
  url: URL,
  { ca }: Site,
): Promise<Record<string, unknown> & { status: number }> {
  return new Promise((resolve, reject) => {
    const options = { timeout: WAIT_MS, agent: false, ...(ca ? { ca } : {}) };
    const asked = request(url, options, (reply) => {
      reply.resume();
      resolve({ ...reply.headers, status: reply.statusCode ?? 0 });
    });
    asked.once('timeout', () => asked.destroy(timedOut()));
    asked.once('error', reject);
    asked.end();
  });
}

function withTls<T>(
  { host, port, ca }: Site,
  options: ConnectionOptions,
  work: (socket: TLSSocket) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const socket = connect({ host, port, ...name, ...(ca ? { ca } : {}), ...options });
    socket.setTimeout(WAIT_MS, () => socket.destroy(timedOut()));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(work(socket));
      socket.destroy();
    });
  });
}

const timedOut = () => Object.assign(new Error(`no answer in ${WAIT_MS} ms`), { code: 'ETIMEDOUT' });

const finding = (name: string, detail: string, remedy: string): SiteFinding => ({
  name,
  good: remedy === '',
  detail,
  remedy,
});
