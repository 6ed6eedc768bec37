import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import createClient, { type Client } from 'openapi-fetch';
import { type Clock, systemClock } from '#kernel/clock.ts';
import { signRequest } from '#kernel/message-signature.ts';
import type { components, paths } from '../console/src/api/schema.d.ts';

export type { components, paths };

/** A problem document that the API answered with. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: Record<string, unknown>;

  constructor(body: Record<string, unknown>) {
    super(`${body.status} ${body.code}: ${body.title} ${body.detail}`);
    this.status = Number(body.status);
    this.code = String(body.code);
    this.body = body;
  }
}

export type Api = Client<paths>;

export interface ClientOptions {
  locale?: 'zh-CN' | 'en';
  /** An API key in place of a session: one that signs, or what a bearer sends. */
  key?: { id: string; secret: string } | { bearer: string };
  /** By which requests are signed; the machine's own without. */
  clock?: Clock;
}

/**
 * The public API as a program uses it: typed from OpenAPI, with a cookie jar or an API key, a fresh Idempotency-Key for
 * each POST.
 */
export function apiClient(baseUrl: string, options: ClientOptions = {}): Api & { cookie(): string } {
  const jar = new Map<string, string>();
  const client = createClient<paths>({
    baseUrl,
    headers: { 'accept-language': options.locale ?? 'en' },
    fetch: async (request: Request) => {
      if (jar.size > 0) request.headers.set('cookie', cookieOf(jar));
      if (request.method === 'POST' && !request.headers.has('idempotency-key')) {
        request.headers.set('idempotency-key', randomUUID());
      }
      if (options.key) await showKey(request, options.key, options.clock ?? systemClock);
      const response = await (isBrandHost(request.url) ? fetchBrand(request) : fetch(request));
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        const [name = '', value = ''] = pair.split('=');
        if (value === '') jar.delete(name);
        else jar.set(name, value);
      }
      return response;
    },
  });
  return Object.assign(client, { cookie: () => cookieOf(jar) });
}

async function showKey(
  request: Request,
  key: NonNullable<ClientOptions['key']>,
  clock: Clock,
): Promise<void> {
  const { headers, method } = request;
  if (!('secret' in key)) return headers.set('authorization', `Bearer ${key.bearer}`);
  const { pathname, search, host } = new URL(request.url);
  const message = {
    method,
    target: pathname + search,
    authority: host,
    field: (name: string) => headers.get(name) ?? undefined,
  };
  const body = new Uint8Array(await request.clone().arrayBuffer());
  const covers = headers.has('idempotency-key') ? ['idempotency-key'] : [];
  const signed = signRequest(message, key, { created: clock.now(), nonce: randomUUID(), body, covers });
  for (const [name, value] of Object.entries(signed)) headers.set(name, value);
}

function isBrandHost(url: string): boolean {
  return new URL(url).hostname.endsWith('.localhost');
}

/** Browsers take `BRAND.localhost` for this machine; not every system's resolver does, so it is not asked. */
async function fetchBrand(request: Request): Promise<Response> {
  const { port, host, pathname, search } = new URL(request.url);
  const sent = httpRequest({
    host: '127.0.0.1',
    port: port || 80,
    path: pathname + search,
    method: request.method,
    headers: { ...Object.fromEntries(request.headers), host },
    signal: request.signal,
  });
  sent.end(Buffer.from(await request.arrayBuffer()));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const status = answer.statusCode!;
  const empty = status === 204 || status === 304;
  if (empty) answer.resume();
  return new Response(empty ? null : (Readable.toWeb(answer) as ReadableStream), { status, headers });
}

function cookieOf(jar: Map<string, string>): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}

/** The answer's body; throws ApiProblem when the API refused. */
export async function ok<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok)
    throw new ApiProblem((error ?? { status: response.status, code: 'none' }) as Record<string, unknown>);
  return data as T;
}
