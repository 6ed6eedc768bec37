import assert from 'node:assert/strict';
import type { World } from '#server/world.ts';
import { BrandSite, type SiteReply } from './brand-site.ts';
import { staffMade } from './staff.ts';

/** Two of the staff at one brand's site: what one asks for, the other decides. Told by what goes over the wire. */
export class TwoStaff {
  readonly site: BrandSite;
  readonly #cookies: readonly [string, string];

  private constructor(site: BrandSite, cookies: readonly [string, string]) {
    this.site = site;
    this.#cookies = cookies;
  }

  static async at(world: World, brand: string, name = 'pair'): Promise<TwoStaff> {
    const site = new BrandSite(world, brand);
    const signIn = async (who: string) => {
      const { email, password } = await staffMade(world, `${name}-${who}`);
      const reply = await site.ask('POST', '/staff/auth/sign-in', '', { email, password });
      assert.equal(reply.status, 204, String(reply.bytes));
      return site.second(email, reply);
    };
    return new TwoStaff(site, [await signIn('one'), await signIn('two')]);
  }

  one(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<SiteReply> {
    return this.site.ask(method, path, this.#cookies[0], body);
  }

  two(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<SiteReply> {
    return this.site.ask(method, path, this.#cookies[1], body);
  }

  /** The newest thing that waits is decided by the second. */
  async decide(grant: boolean, reason = '已核实'): Promise<SiteReply> {
    const waiting = await this.two('GET', '/staff/approvals?state=waiting');
    const [newest] = waiting.json.items as { id: string }[];
    assert.ok(newest, 'something waits');
    return this.two('POST', `/staff/approvals/${newest.id}/decision`, { grant, reason });
  }
}
