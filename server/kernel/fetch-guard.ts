import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { type Allowance, isPublicAddress } from './public-address.ts';

/**
 * Requests to addresses that customers name: proofs of a domain, webhooks, origins, mirrors (F55). The address that is
 * checked is the one that is connected to, so a name that answers differently the second time gains nothing; nothing
 * of ours goes along: no cookie, no certificate, no proxy of the environment.
 */

export interface GuardedInit {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
}

export interface GuardedLimits {
  /** Networks and ports beside the public internet's 80 and 443. */
  allow?: Allowance;
  /** For all of it, redirects too. */
  timeoutMs?: number;
  maxBytes?: number;
  /** GET and HEAD follow this many; to others a redirect is an answer. */
  maxRedirects?: number;
  /** Who is asked for addresses; the system's resolver unless told. */
  resolve?: Resolve;
}

export type Resolve = (hostname: string) => Promise<{ address: string; family: number }[]>;

export interface GuardedAnswer {
  status: number;
  /** Names in lower case; of a header that stands twice, the first. */
  headers: Record<string, string>;
  body: Buffer;
  /** Where the answer came from after redirects. */
  url: string;
}

export type RefusedBecause =
  | 'address'
  | 'credentials'
  | 'encoding'
  | 'port'
  | 'redirects'
  | 'scheme'
  | 'timeout'
  | 'too-large'
  | 'unreachable'
  | 'url';

/** The request wasn't made, or its answer not taken; `because` may be told to the customer, the message is for logs. */
export class FetchRefused extends Error {
  readonly because: RefusedBecause;

  constructor(because: RefusedBecause, detail: string, cause?: unknown) {
    super(`${because}: ${detail}`, { cause });
    this.because = because;
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const TRAVELLING = new Set(['accept', 'accept-language', 'user-agent']);
/** Set by the connection, and by nobody else: with them a request could pretend to be another or two. */
const OURS = new Set([
  'host',
  'connection',
  'transfer-encoding',
  'content-length',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);

/**
 * @param url as the customer wrote it
 * @throws FetchRefused when it isn't an http(s) address of the public internet, or the answer breaks a limit
 */
export async function guardedFetch(
  url: string,
  init: GuardedInit = {},
  limits: GuardedLimits = {},
): Promise<GuardedAnswer> {
  const signal = AbortSignal.timeout(limits.timeoutMs ?? 10_000);
  const maxRedirects = limits.maxRedirects ?? 3;
  const follows = !init.method || init.method === 'GET' || init.method === 'HEAD';
  let at = checkedUrl(url, limits.allow);
  let headers = checkedHeaders(init.headers ?? {});
  for (let hop = 0; ; hop++) {
    const answer = await once(at, { ...init, headers }, limits, signal);
    const { location } = answer.headers;
    if (!follows || !REDIRECTS.has(answer.status) || location === undefined) return answer;
    if (hop === maxRedirects) throw new FetchRefused('redirects', `more than ${maxRedirects}`);
    if (!URL.canParse(location, at.href)) throw new FetchRefused('url', 'a redirect to nowhere');
    const next = checkedUrl(new URL(location, at).href, limits.allow);
    if (at.protocol === 'https:' && next.protocol === 'http:')
      throw new FetchRefused('scheme', 'a redirect from https to http');
    if (next.origin !== at.origin) headers = travelling(headers);
    at = next;
  }
}

function checkedUrl(text: string, allow: Allowance | undefined): URL {
  if (!URL.canParse(text)) throw new FetchRefused('url', 'not an absolute URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new FetchRefused('scheme', url.protocol);
  if (url.username || url.password) throw new FetchRefused('credentials', 'a name or password in the URL');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (port !== 80 && port !== 443 && !allow?.ports.includes(port))
    throw new FetchRefused('port', String(port));
  // A name is checked when it is looked up; a literal never is. The URL parser wrote 0x7f.1 and 2130706433 out already.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) && !isPublicAddress(literal, allow)) throw new FetchRefused('address', literal);
  return url;
}

function checkedHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const forbidden = Object.keys(headers).find((name) => OURS.has(name));
  if (forbidden) throw new Error(`${forbidden} isn’t the caller’s to set`);
  return headers;
}

/** To another origin goes only what says nothing of who asks. */
function travelling(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => TRAVELLING.has(name)));
}

async function once(
  url: URL,
  init: GuardedInit,
  limits: GuardedLimits,
  signal: AbortSignal,
): Promise<GuardedAnswer> {
  const agent = new Agent({
    connect: { lookup: checkedLookup(limits), timeout: 5_000 },
    maxHeaderSize: 16 * 1024,
    pipelining: 0,
  });
  try {
    const response = await request(url, {
      dispatcher: agent,
      method: init.method ?? 'GET',
      // Without a compressed answer there is no bomb to open.
      headers: { 'user-agent': 'Cloudpact', ...init.headers, 'accept-encoding': 'identity' },
      body: init.body ?? null,
      signal,
    });
    const headers = firstOfEach(response.headers);
    // The body of a redirect is nobody's business; dropping it ends the connection.
    const skip = REDIRECTS.has(response.statusCode);
    const body = skip ? dropped(response.body) : await wholeBody(response.body, headers, limits.maxBytes);
    return { status: response.statusCode, headers, body, url: url.href };
  } catch (error) {
    throw asRefusal(error, signal);
  } finally {
    void agent.destroy();
  }
}

/** In the place of the system's lookup of a connection: what it answers is what is connected to. */
function checkedLookup({ allow, resolve }: GuardedLimits): LookupFunction {
  const ask: Resolve = resolve ?? ((hostname) => systemLookup(hostname, { all: true, verbatim: true }));
  return (hostname, options, callback) => {
    ask(hostname).then(
      (found) => {
        const refused = found.find(({ address }) => !isPublicAddress(address, allow));
        if (refused) callback(new FetchRefused('address', `${hostname} is ${refused.address}`), '', 0);
        else if (found.length === 0)
          callback(new FetchRefused('unreachable', `${hostname} has no address`), '', 0);
        else if (options.all) callback(null, found);
        else callback(null, found[0]!.address, found[0]!.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

type Body = AsyncIterable<Buffer> & { destroy(): unknown; on(event: 'error', listener: () => void): unknown };

function dropped(body: Body): Buffer {
  body.on('error', () => undefined);
  body.destroy();
  return Buffer.alloc(0);
}

async function wholeBody(
  body: Body,
  headers: Record<string, string>,
  maxBytes = 1024 * 1024,
): Promise<Buffer> {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    dropped(body);
    throw new FetchRefused('encoding', encoding);
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > maxBytes) throw new FetchRefused('too-large', `more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function firstOfEach(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value[0] : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function asRefusal(error: unknown, signal: AbortSignal): FetchRefused {
  if (error instanceof FetchRefused) return error;
  if (signal.aborted) return new FetchRefused('timeout', 'no whole answer in time', error);
  const message = error instanceof Error ? error.message : String(error);
  return new FetchRefused('unreachable', message, error);
}
