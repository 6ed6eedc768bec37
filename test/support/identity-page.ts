import { createServer } from 'node:net';
import { request } from 'undici';

/** Nothing listens there yet; names under .localhost are asked for by their Host header alone. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

export type Jar = Map<string, Map<string, string>>;

interface Sent {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: string;
  type?: string;
}

export interface Came {
  status: number;
  location: string | null;
  text: string;
}

/** A request with the cookies of its host, by hand: `BRAND.localhost` is this machine, whatever the resolver says. */
export async function sendWith(jar: Jar, url: URL, init: Sent = {}): Promise<Came> {
  const cookies = jar.get(url.host) ?? new Map<string, string>();
  jar.set(url.host, cookies);
  const target = new URL(url);
  if (target.hostname.endsWith('.localhost') || target.hostname === 'localhost')
    target.hostname = '127.0.0.1';
  const answer = await request(target, {
    method: init.method ?? 'GET',
    headers: {
      host: url.host,
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(init.type ? { 'content-type': init.type } : {}),
    },
    ...(init.body === undefined ? {} : { body: init.body }),
  });
  const set = answer.headers['set-cookie'] ?? [];
  for (const line of Array.isArray(set) ? set : [set]) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) cookies.delete(pair.slice(0, at));
    else cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
  const { location } = answer.headers;
  const text = await answer.body.text();
  return { status: answer.statusCode, location: typeof location === 'string' ? location : null, text };
}

/** Goes where a third party's page leads, says who it is, and returns the address that it is sent back to. */
export async function agreeAt(
  url: string,
  name: string,
  action: 'agree' | 'deny' = 'agree',
  jar: Jar = new Map(),
): Promise<URL> {
  let at = new URL(url);
  for (let step = 0; step < 12; step++) {
    if (at.pathname.startsWith('/sign-in/return/')) return at;
    let came = await sendWith(jar, at);
    if (came.status === 200) {
      const to = /<form[^>]* action="([^"]+)"/.exec(came.text)?.[1];
      const ticket = /name="ticket" value="([^"]+)"/.exec(came.text)?.[1];
      if (!to || !ticket) throw new Error(`${at.pathname}: no form (${came.text.slice(0, 200)})`);
      at = new URL(to, at);
      const body = new URLSearchParams({ ticket, name, action }).toString();
      came = await sendWith(jar, at, { method: 'POST', body, type: 'application/x-www-form-urlencoded' });
    }
    if (!came.location) throw new Error(`${at.pathname} answered ${came.status}: ${came.text.slice(0, 300)}`);
    at = new URL(came.location, at);
  }
  throw new Error('it leads round in circles');
}
