import { addDays } from '#kernel/time.ts';
import { ApiProblem, ok, type paths } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { StoryCustomer } from './customer.ts';
import { StoryStaff } from './staff.ts';
import { type Cited, expect, factsInWords, type Telling } from './telling.ts';

export const PASSWORD_ACCESS = { type: 'password', password: 'Plum-rain-and-9-geese' } as const;

/** A customer who plays in a story. */
export type Player = StoryCustomer & { readonly id: string };

/** One brand's site in a story's world: its customers, its staff, and what the audit log says that happened. */
export class Scene {
  readonly world: World;
  readonly site: string;
  readonly zone: string;
  readonly staff: StoryStaff;
  /** The version of the agreement that was accepted last: what acts without an entry of the log cite. */
  version = '';
  readonly #telling: Telling;
  readonly #players: Player[] = [];
  readonly #shown = new Set<string>();

  constructor(world: World, telling: Telling, brand: string) {
    const { brands } = world.server.house;
    this.world = world;
    this.#telling = telling;
    this.site = brands.url(brands.get(brand), world.url);
    this.zone = brands.get(brand).zone;
    this.staff = new StoryStaff(world, this.site);
  }

  now(): Date {
    return this.world.clock.now();
  }

  chapter(title: string): void {
    this.#telling.chapter(title);
  }

  /** A line; `clause` is an id of the agreement that was accepted, or one as the API cited it. */
  act(what: string, clause?: string | Cited | null): void {
    const cited = typeof clause === 'string' ? { id: clause, version: this.version } : (clause ?? null);
    this.#telling.act(this.now(), what, cited);
  }

  async moveTo(instant: Date): Promise<void> {
    await this.world.advanceTo(instant);
    for (const customer of this.#players) await customer.stayIn(instant);
  }

  /** So many natural days on. */
  days(count: number): Promise<void> {
    return this.moveTo(addDays(this.now(), count, this.zone));
  }

  /** Signed up and agreed, each told with its clause; `realName` where the brand's terms ask for it. */
  async join(clauses: { terms: string; realName: string | null }): Promise<Player> {
    const customer = new StoryCustomer(this.site);
    await customer.signUp();
    const { version } = await customer.acceptTerms();
    this.version = version;
    this.act(`${customer.email} signed up and accepted the terms`, clauses.terms);
    if (clauses.realName) {
      const { result } = await customer.verifyRealName();
      expect(result === 'pass', 'the real-name check passes');
      this.act('real name verified; only "pass" is kept', clauses.realName);
    }
    const { id } = (await ok(customer.api.GET('/api/v1/auth/session'))).customer;
    const player = Object.assign(customer, { id });
    this.#players.push(player);
    return player;
  }

  /** What the audit log has on this customer since the last time and rests on a clause, oldest first. */
  async tellLog(customerId: string): Promise<Told[]> {
    const staff = await this.staff.one();
    const fresh: Event[] = [];
    let before: string | undefined;
    for (;;) {
      const query = { customer: customerId, ...(before ? { before } : {}) };
      const { items, next } = await ok(staff.GET('/api/v1/staff/audit', { params: { query } }));
      const unseen = items.filter(({ id }) => !this.#shown.has(id));
      fresh.unshift(...unseen.reverse());
      if (!next || unseen.length < items.length) break;
      before = next;
    }
    for (const { id } of fresh) this.#shown.add(id);
    const cited = fresh.filter(({ clause }) => clause !== null);
    for (const [i, { at, actor, action, facts, clause, notices }] of cited.entries()) {
      const same = cited.filter((other) => other.action === action);
      // What comes each day is told by its first and its last.
      const middle = same.length > 3 && cited[i] !== same[0] && cited[i] !== same.at(-1);
      if (middle) continue;
      const by = actor.kind === 'staff' ? ' by staff' : '';
      const told = notices.length > 0 ? ` (${notices.length} notices)` : '';
      const times = same.length > 3 && cited[i] === same.at(-1) ? ` (${same.length} times by now)` : '';
      this.#telling.act(new Date(at), `${action}${by}${factsInWords(facts)}${told}${times}`, clause);
    }
    return fresh.map(({ action, clause, facts }) => ({ action, clause: clause?.id ?? null, facts }));
  }

  /** The log has these acts by these clauses among what is new; it is told. */
  async acted(customerId: string, ...wanted: [action: string, clause: string][]): Promise<void> {
    await this.world.drain();
    const told = await this.tellLog(customerId);
    for (const [action, clause] of wanted) {
      const found = told.filter((one) => one.action === action).map((one) => one.clause);
      expect(found.includes(clause), `${action} is on record by §${clause} (${found.join(', ') || 'none'})`);
    }
  }

  /** The API refuses it with this code; told with the clause that it cites. */
  async refused(what: string, asked: Promise<unknown>, code: string): Promise<void> {
    const problem = await asked.then(
      () => null,
      (error: unknown) => error,
    );
    expect(problem !== null, `${what}: refused`);
    if (!(problem instanceof ApiProblem)) throw problem;
    expect(problem.code === code, `${what}: refused as ${code} (${problem.message})`);
    const { status, title, clause } = problem.body as { status: number; title: string; clause?: Cited };
    this.act(`${what}: refused (${status} ${code}): ${title}`, clause ?? null);
  }
}

type Log = paths['/api/v1/staff/audit']['get']['responses'][200]['content']['application/json'];
type Event = Log['items'][number];

interface Told {
  action: string;
  clause: string | null;
  facts: Record<string, unknown>;
}
