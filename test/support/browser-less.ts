import type { World } from '#server/world.ts';
import { agreeAt, type Jar, sendWith } from './identity-page.ts';

/** What an answer was, whatever its status. */
export interface Answered {
  status: number;
  /** Of JSON; an empty object otherwise. */
  body: Record<string, unknown>;
}

/** Somebody with a browser's cookies and nothing else of it; for ways that lead over several servers. */
export class Visitor {
  readonly #origin: string;
  #jar: Jar = new Map();

  constructor(world: World, brand?: string) {
    const url = new URL(world.url);
    if (brand) url.hostname = `${brand}.localhost`;
    this.#origin = url.origin;
  }

  /** A call of the brand's own API. */
  async api(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answered> {
    const { status, text } = await sendWith(this.#jar, new URL(`${this.#origin}/api/v1${path}`), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' }),
    });
    return { status, body: text.startsWith('{') ? JSON.parse(text) : {} };
  }

  /** Agrees on a third party's page; the address that it is sent back to. */
  agree(url: string, name: string, action?: 'agree' | 'deny'): Promise<URL> {
    return agreeAt(url, name, action, this.#jar);
  }

  /** Now has the cookies of another: as they are at this moment. */
  steal(from: Visitor): void {
    this.#jar = new Map([...from.#jar].map(([host, cookies]) => [host, new Map(cookies)]));
  }
}
