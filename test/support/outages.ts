import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { BRANDS } from './brands.ts';
import { LAB } from './metering.ts';
import { type StaffApi, staffMember, staffSignIn } from './staff.ts';
import { beforeWorlds, PASSWORD_ACCESS } from './world.ts';

/** A folder with one brand as it is: what a world with all of them does for the others takes long over months. */
export async function onlyBrand(brand: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-only-'));
  beforeWorlds(() => rm(dir, { recursive: true, force: true }));
  await cp(join(BRANDS, brand), join(dir, brand), { recursive: true });
  return dir;
}

/** 七牛云's terms over services with a paid period (蓝天云's plans, and a dear one) and over a metered product with packages. */
export async function periodBrand(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-periods-'));
  beforeWorlds(() => rm(dir, { recursive: true, force: true }));
  await cp(join(BRANDS, 'qiniu'), join(dir, 'qiniu'), { recursive: true });
  const sold = parse(await readFile(join(BRANDS, 'lantian/catalogue.yaml'), 'utf8')) as {
    products: { plans: { id: string; price: string }[] }[];
  };
  const plans = sold.products[0]!.plans;
  plans.push({ ...plans[0]!, id: 'dear', price: '5000.00' });
  const terms = join(dir, 'qiniu/terms.yaml');
  const text = await readFile(terms, 'utf8');
  // What is sold for a period needs its end said; 七牛云 sells nothing so.
  await writeFile(
    terms,
    text.replace('parameters:\n', 'parameters:\n  expiry: { clause: "7.2", suspend: at-once }\n'),
  );
  const tax = { rate: '0.06', included: true };
  await writeFile(join(dir, 'qiniu/catalogue.yaml'), stringify({ ...sold, tax, metered: [LAB] }));
  return dir;
}

export const hours = (count: number) => count * 3_600_000;
export const later = (instant: Date, ms: number) => new Date(instant.getTime() + ms);

export interface Saying {
  cause?: string;
  from: Date;
  until: Date | null;
  nodes?: string[];
  services?: string[];
  products?: string[];
}

/** One brand's site of a world that has several. */
export function siteOf(world: World, brand: string): string {
  const { brands } = world.server.house;
  return brands.url(brands.get(brand), world.url);
}

/** Two of the staff and the outage book. Their sessions last twelve hours: they sign in again where the clock has moved on. */
export class Book {
  readonly #world: World;
  readonly #url: string;
  readonly #names = [randomUUID().slice(0, 8), randomUUID().slice(0, 8)];
  readonly #in: { api: StaffApi; since: number }[] = [];

  constructor(world: World, site = world.url) {
    this.#world = world;
    this.#url = site;
  }

  one(): Promise<StaffApi> {
    return this.#staff(0);
  }

  two(): Promise<StaffApi> {
    return this.#staff(1);
  }

  async #staff(which: 0 | 1): Promise<StaffApi> {
    const now = this.#world.clock.now().getTime();
    const known = this.#in[which];
    if (known && now - known.since < hours(10)) return known.api;
    const api = known
      ? await staffSignIn(this.#world, this.#names[which]!, this.#url)
      : await staffMember(this.#world, this.#names[which]!, this.#url);
    this.#in[which] = { api, since: now };
    return api;
  }

  #body({ from, until, cause = 'provider', nodes = [], services = [], products = [] }: Saying) {
    return {
      title: { zh: '故障', en: 'Outage' },
      cause: cause as 'provider',
      from: from.toISOString(),
      until: until?.toISOString() ?? null,
      ...{ nodes, services, products },
      note: '',
    };
  }

  async record(saying: Saying): Promise<string> {
    return (await ok((await this.one()).POST('/api/v1/staff/outages', { body: this.#body(saying) }))).id;
  }

  /** Of a service alone, recorded when it was over; the clock goes there. */
  async past(from: Date, service: string, long: number, more: { cause?: string } = {}): Promise<string> {
    const until = later(from, long);
    await this.#world.advanceTo(new Date(Math.max(this.#world.clock.now().getTime(), until.getTime())));
    return this.record({ from, until, services: [service], ...more });
  }

  /** An edit after what is there now. */
  async write(id: string, saying: Saying): Promise<void> {
    const { entry } = await this.read(id);
    const body = { ...this.#body(saying), after: entry.number };
    await ok(
      (await this.one()).POST('/api/v1/staff/outages/{id}/entries', { params: { path: { id } }, body }),
    );
  }

  async read(id: string) {
    return ok((await this.one()).GET('/api/v1/staff/outages/{id}', { params: { path: { id } } }));
  }

  async preview(id: string) {
    return ok((await this.one()).GET('/api/v1/staff/outages/{id}/preview', { params: { path: { id } } }));
  }

  async settle(
    id: string,
    discretion: 'extend' | 'leave' = 'leave',
    who: Promise<StaffApi> = this.one(),
  ): Promise<void> {
    const by = await who;
    const { entry } = await this.read(id);
    const body = { entry: entry.number, discretion };
    await ok(by.POST('/api/v1/staff/outages/{id}/settlement', { params: { path: { id } }, body }));
  }
}

/** Ready to buy at this site, with this much in the balance. */
export async function customerAt(site: string, balance: string | null): Promise<StoryCustomer> {
  const customer = new StoryCustomer(site);
  await customer.getReady(balance);
  return customer;
}

/** A new customer's service that has been there for an hour, at `t0`. */
export async function running(world: World): Promise<{ customer: StoryCustomer; service: string; t0: Date }> {
  const customer = await customerAt(world.url, '100');
  const service = await customer.order({ access: PASSWORD_ACCESS });
  await world.drain();
  const t0 = later(world.clock.now(), hours(1));
  await world.advanceTo(t0);
  return { customer, service, t0 };
}

export async function mailsTo(customer: StoryCustomer, about: RegExp) {
  const { items } = await ok(customer.api.GET('/api/v1/dev/mailbox'));
  return items.filter(({ to, subject }) => to === customer.email && about.test(subject));
}
