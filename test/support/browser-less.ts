import type { World } from '#server/world.ts';

/** What an answer was, whatever its status. */
export interface Answered {
  status: number;
  /** Of JSON; an empty object otherwise. */
  body: Record<string, unknown> & { code?: string; url?: string; outcome?: string };
}

/** Somebody with a browser's cookies and nothing else of it; for ways that lead over several servers. */
export class Visitor {
  readonly #world: World;
  readonly #host: string;
  readonly #jars = new Map<string, Map<string, string>>();

  constructor(world: World, brand?: string) {
    this.#world = world;
    const url = new URL(world.url);
    this.#host = brand ? `${brand}.localhost:${url.port}` : url.host;
  }

  /** A call of the brand's own API. */
  async api(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answered> {
    const response = await this.#send(new URL(`http://${this.#host}/api/v1${path}`), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
  }

  /** Goes where a third party's page leads, says who it is, and returns the address that it is sent back to. */
  async agree(url: string, name: string, action: 'agree' | 'deny' = 'agree'): Promise<URL> {
    let at = new URL(url);
    for (let step = 0; step < 12; step++) {
      if (at.pathname.startsWith('/sign-in/return/')) return at;
      let response = await this.#send(at, {});
      if (response.status === 200) {
        const page = await response.text();
        const to = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
        const ticket = /name="ticket" value="([^"]+)"/.exec(page)?.[1];
        if (!to || !ticket) throw new Error(`${at.pathname}: no form (${page.slice(0, 200)})`);
        at = new URL(to, at);
        response = await this.#send(at, {
          method: 'POST',
          body: new URLSearchParams({ ticket, name, action }).toString(),
          type: 'application/x-www-form-urlencoded',
        });
      }
      const next = response.headers.get('location');
      if (!next) throw new Error(`${at.pathname} answered ${response.status}: ${await response.text()}`);
      at = new URL(next, at);
    }
    throw new Error('it leads round in circles');
  }

  /** The cookies of a host, for another visitor that has stolen them. */
  steal(from: Visitor): void {
    for (const [host, jar] of from.#jars) this.#jars.set(host, new Map(jar));
  }

  async #send(url: URL, init: { method?: string; body?: string; type?: string }): Promise<Response> {
    const jar = this.#jars.get(url.host) ?? new Map<string, string>();
    this.#jars.set(url.host, jar);
    // Names under .localhost are browsers' business; here they go by the Host header.
    const target = new URL(url);
    target.host = new URL(this.#world.url).host;
    const { request } = await import('undici');
    const answer = await request(target, {
      method: (init.method ?? 'GET') as 'GET',
      headers: {
        host: url.host,
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(init.type ? { 'content-type': init.type } : {}),
      },
      ...(init.body === undefined ? {} : { body: init.body }),
    });
    const set = answer.headers['set-cookie'] ?? [];
    for (const line of Array.isArray(set) ? set : [set]) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const headers = new Headers();
    if (typeof answer.headers.location === 'string') headers.set('location', answer.headers.location);
    const text = await answer.body.text();
    const empty = answer.statusCode === 204 || answer.statusCode === 304;
    return new Response(empty ? null : text, { status: answer.statusCode, headers });
  }
}
