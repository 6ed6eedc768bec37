import { randomUUID } from 'node:crypto';
import { staffCode } from '#server/story/staff-factor.ts';
import type { World } from '#server/world.ts';

export interface Request {
  cookie?: string | undefined;
  /** Sent as JSON; a string or bytes go as they are. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Reply {
  status: number;
  text: string;
  headers: Headers;
  /** The parsed answer; an empty object where there is none. */
  json: Record<string, unknown>;
}

/** One request to the API as a program sends it, `path` below /api/v1; POSTs carry a fresh Idempotency-Key. */
export async function call(
  world: World,
  method: string,
  path: string,
  request: Request = {},
): Promise<Reply> {
  const { cookie, body, headers = {} } = request;
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${world.url}/api/v1${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(cookie ? { cookie } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      'accept-language': 'en',
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
  });
  const text = await textOf(response);
  const json = response.headers.get('content-type')?.includes('json') && text ? JSON.parse(text) : {};
  return { status: response.status, text, headers: response.headers, json };
}

/** All of the answer; of a stream that doesn't end, its first piece. */
async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text();
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

/** Of a refusal its status and its code. */
export const said = ({ status, json }: Reply) => [status, json.code];

/** The session cookie that an answer sets, as a browser sends it back. */
export function cookieOf(reply: Reply): string {
  return reply.headers.getSetCookie()[0]!.split(';')[0]!;
}

export async function staffCookie(world: World): Promise<string> {
  const { email, password } = world.server.logins.find(({ role }) => role === 'staff')!;
  return staffEntered(world, email, password);
}

/** Password, then the code that their authenticator shows under the world's clock. */
export async function staffEntered(world: World, email: string, password: string): Promise<string> {
  const first = await call(world, 'POST', '/staff/auth/sign-in', { body: { email, password } });
  const cookie = cookieOf(first);
  const body = { factor: 'totp', code: await staffCode(world, email) };
  return cookieOf(await call(world, 'POST', '/staff/auth/second-factor', { cookie, body }));
}

/** "METHOD /path" of every route that the server really has below /api/v1, HEAD left to its GET. */
export function realRoutes(world: World): string[] {
  const path: string[] = [];
  const routes: string[] = [];
  for (const line of world.server.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const match = /^(.*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (!match) continue;
    const [, indent = '', part = '', methods = ''] = match;
    path.splice(indent.length / 4, Infinity, part);
    const whole = path.join('');
    if (!whole.startsWith('/api/')) continue;
    for (const method of methods.split(', ').filter((name) => name && name !== 'HEAD')) {
      routes.push(`${method} ${whole.slice('/api/v1'.length)}`);
    }
  }
  return routes;
}
