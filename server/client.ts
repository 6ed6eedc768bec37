import { randomUUID } from 'node:crypto';
import createClient, { type Client } from 'openapi-fetch';
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

/** The public API as a program uses it: typed from OpenAPI, with a cookie jar, a fresh Idempotency-Key for each POST. */
export function apiClient(
  baseUrl: string,
  options: { locale?: 'zh-CN' | 'en' } = {},
): Api & { cookie(): string } {
  const jar = new Map<string, string>();
  const client = createClient<paths>({
    baseUrl,
    headers: { 'accept-language': options.locale ?? 'en' },
    fetch: async (request: Request) => {
      if (jar.size > 0) request.headers.set('cookie', cookieOf(jar));
      if (request.method === 'POST' && !request.headers.has('idempotency-key')) {
        request.headers.set('idempotency-key', randomUUID());
      }
      const response = await fetch(request);
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
