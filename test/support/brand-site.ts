import { randomUUID } from 'node:crypto';
import { StoryCustomer } from '#server/story/customer.ts';
import { staffCode } from '#server/story/staff-factor.ts';
import type { World } from '#server/world.ts';

export interface SiteReply {
  status: number;
  headers: Record<string, unknown>;
  json: Record<string, unknown>;
  bytes: Buffer;
}

/** One brand's site as its customers and staff see it, by host name. */
export class BrandSite {
  readonly #world: World;
  readonly url: string;

  constructor(world: World, brand: string) {
    this.#world = world;
    const { brands } = world.server.house;
    this.url = brands.url(brands.get(brand), world.url);
  }

  async customer(balance: string | null): Promise<StoryCustomer> {
    const customer = new StoryCustomer(this.url);
    await customer.getReady(balance);
    return customer;
  }

  async staff(): Promise<string> {
    const { email, password } = this.#world.server.logins.find(({ role }) => role === 'staff')!;
    return this.second(email, await this.ask('POST', '/staff/auth/sign-in', '', { email, password }));
  }

  /** The cookie of a session of staff whose second factor was shown, after that of one whose password was right. */
  async second(email: string, first: SiteReply): Promise<string> {
    const cookie = String(first.headers['set-cookie']).split(';')[0]!;
    const body = { factor: 'totp', code: await staffCode(this.#world, email) };
    const { headers } = await this.ask('POST', '/staff/auth/second-factor', cookie, body);
    return String(headers['set-cookie']).split(';')[0]!;
  }

  async ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    cookie: string,
    body?: object,
    locale: 'zh-CN' | 'en' = 'zh-CN',
  ): Promise<SiteReply> {
    const reply = await this.#world.server.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: {
        host: new URL(this.url).host,
        cookie,
        'idempotency-key': randomUUID(),
        'accept-language': locale,
      },
      ...(body ? { payload: body } : {}),
    });
    const json = String(reply.headers['content-type'] ?? '').includes('json') ? reply.json() : {};
    return { status: reply.statusCode, headers: reply.headers, json, bytes: reply.rawPayload };
  }
}
