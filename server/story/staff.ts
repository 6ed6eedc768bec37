import { randomUUID } from 'node:crypto';
import { asSystem } from '#kernel/house.ts';
import { hashPassword } from '#modules/identity/index.ts';
import { staffAdd } from '#modules/staff/index.ts';
import { type Api, apiClient, ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { staffCode } from './staff-factor.ts';

/** Their sessions last twelve hours. */
const SIGN_IN_AGAIN_MS = 10 * 3_600_000;

/** Two of the staff at one brand's site, by the public API alone; what one asks for, the other decides. */
export class StoryStaff {
  readonly #world: World;
  readonly #site: string;
  readonly #people = ['one', 'two'].map((name) => ({
    name: `Staff ${name}`,
    email: `${name}-${randomUUID().slice(0, 8)}@staff.example.com`,
    password: `pw-${randomUUID()}`,
    in: null as { api: Api; since: number } | null,
    added: false,
  }));

  constructor(world: World, site: string) {
    this.#world = world;
    this.#site = site;
  }

  one(): Promise<Api> {
    return this.#api(0);
  }

  two(): Promise<Api> {
    return this.#api(1);
  }

  /** The second decides on the newest thing that waits for a second person. */
  async decide(grant: boolean, reason = 'looked at it'): Promise<void> {
    const api = await this.two();
    const { items } = await ok(
      api.GET('/api/v1/staff/approvals', { params: { query: { state: 'waiting' } } }),
    );
    const [newest] = items;
    if (!newest) throw new Error('nothing waits for a second member of the staff');
    const params = { path: { id: newest.id } };
    await ok(api.POST('/api/v1/staff/approvals/{id}/decision', { params, body: { grant, reason } }));
  }

  async #api(which: 0 | 1): Promise<Api> {
    const person = this.#people[which]!;
    const now = this.#world.clock.now().getTime();
    if (person.in && now - person.in.since < SIGN_IN_AGAIN_MS) return person.in.api;
    const { name, email, password } = person;
    if (!person.added) {
      const passwordHash = await hashPassword(password, []);
      const { house } = this.#world.server;
      await asSystem(house, house.brands.all[0]!.id, 'story', (tx, ctx) =>
        staffAdd(tx, ctx, { email, name, passwordHash }),
      );
      person.added = true;
    }
    const api = apiClient(this.#site);
    await ok(api.POST('/api/v1/staff/auth/sign-in', { body: { email, password } }));
    const code = await staffCode(this.#world, email);
    await ok(api.POST('/api/v1/staff/auth/second-factor', { body: { factor: 'totp', code } }));
    person.in = { api, since: now };
    return api;
  }
}
