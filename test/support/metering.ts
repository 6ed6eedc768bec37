import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { parse, stringify } from 'yaml';
import { asSystem } from '#kernel/house.ts';
import { subjectClose, subjectOpen, tokenIssue, type UsageEvent } from '#modules/metering/index.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World, WorldOptions } from '#server/world.ts';
import { BRANDS } from './brands.ts';
import { beforeWorlds, testWorld } from './world.ts';

/** 七牛云's terms, and products that have a meter of each kind, with figures that are easy to reckon with. */

export const BRAND = 'qiniu';
export const ZONE = 'Asia/Shanghai';
const both = (text: string) => ({ zh: text, en: text });
const unit = (size: number, more = {}) => ({ name: both('单位'), size, ...more });

export const LAB = {
  id: 'lab',
  name: both('实验'),
  summary: both('计量实验'),
  settle: 'hour',
  meters: [
    {
      id: 'requests',
      name: both('请求'),
      kind: 'sum',
      event: 'lab.requests',
      value: 'count',
      unit: unit(1_000),
    },
    {
      id: 'errors',
      name: both('错误'),
      kind: 'sum',
      event: 'lab.requests',
      value: 'failed',
      where: { log: 'on' },
      unit: unit(1),
    },
    {
      id: 'traffic',
      name: both('流量'),
      kind: 'sum',
      counter: true,
      event: 'lab.octets',
      value: 'total',
      unit: unit(1_000),
    },
    {
      id: 'stored',
      name: both('存储'),
      kind: 'time-weighted',
      event: 'lab.level',
      value: 'bytes',
      unit: unit(7, { per: 'hour' }),
    },
    {
      id: 'peak',
      name: both('峰值'),
      kind: 'max',
      event: 'lab.peak',
      value: 'count',
      window: 'day',
      unit: unit(1),
    },
    {
      id: 'seats',
      name: both('席位'),
      kind: 'last',
      event: 'lab.seats',
      value: 'count',
      window: 'day',
      unit: unit(1),
    },
    {
      id: 'viewers',
      name: both('观众'),
      kind: 'unique',
      event: 'lab.views',
      value: 'viewer',
      window: 'day',
      unit: unit(1),
    },
    { id: 'bandwidth', name: both('带宽'), kind: 'p95', event: 'lab.bytes', value: 'bytes', unit: unit(300) },
  ],
  tariffs: [
    {
      version: 'v1',
      from: '2026-01-01',
      prices: [
        { meter: 'requests', free: '1', tiers: [{ up_to: '5', price: '0.37' }, { price: '0.11' }] },
        { meter: 'errors', tiers: [{ price: '0.000001' }] },
        { meter: 'traffic', tiers: [{ price: '0.333333' }] },
        { meter: 'stored', tiers: [{ price: '0.01' }] },
        { meter: 'peak', tiers: [{ price: '1' }] },
        { meter: 'seats', tiers: [{ price: '2' }] },
        { meter: 'viewers', mode: 'volume', tiers: [{ up_to: '3', price: '1' }, { price: '0.5' }] },
        { meter: 'bandwidth', tiers: [{ price: '3' }] },
      ],
    },
  ],
  packages: [
    { id: 'requests-2', name: both('两千次'), meter: 'requests', quantity: '2', price: '0.50', months: 1 },
  ],
};

/** A folder of brands that has one, with these products. */
export async function labBrands(products: unknown[] = [LAB]): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-lab-'));
  beforeWorlds(() => rm(dir, { recursive: true, force: true }));
  await cp(join(BRANDS, BRAND), join(dir, BRAND), { recursive: true });
  const file = join(dir, BRAND, 'catalogue.yaml');
  const catalogue = parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, stringify({ ...catalogue, metered: products }));
  return dir;
}

export interface Lab {
  world: World;
  customer: StoryCustomer;
  customerId: string;
  token: string;
  /** Sends events over HTTP with the token; the answer as it is. */
  send(
    events: unknown[],
    more?: { token?: string; type?: string },
  ): Promise<{ status: number; json: Record<string, unknown> }>;
  open(name: string, product?: string): Promise<void>;
  close(name: string, product?: string): Promise<void>;
}

/** A world with these products, a customer that has agreed and has this much, and a machine that may send usage. */
export async function openLab(
  options: { balance?: string | null; world?: Partial<WorldOptions>; products?: unknown[] } = {},
): Promise<Lab> {
  const brandsDir = await labBrands(options.products);
  const world = await testWorld({
    start: new Date('2026-03-01T16:00:00Z'),
    brandsDir,
    seed: true,
    ...options.world,
  });
  const customer = new StoryCustomer(world.url);
  await customer.getReady(options.balance === undefined ? '100' : options.balance);
  return labOf(world, customer, world.url);
}

export async function labOf(world: World, customer: StoryCustomer, url: string): Promise<Lab> {
  const { house } = world.server;
  const { host, port } = new URL(url);
  const { token } = await asSystem(house, BRAND, 'test', (tx, ctx) => tokenIssue(tx, ctx, 'edge'));
  const session = await customer.api.GET('/api/v1/auth/session');
  const customerId = session.data!.customer!.id;
  return {
    world,
    customer,
    customerId,
    token,
    async send(events, more = {}) {
      const single = more.type === 'application/cloudevents+json';
      // Not every system's resolver knows BRAND.localhost.
      const answer = await request(`http://127.0.0.1:${port}/api/v1/usage/events`, {
        method: 'POST',
        headers: {
          host,
          'content-type': more.type ?? 'application/cloudevents-batch+json',
          'accept-language': 'en',
          authorization: `Bearer ${more.token ?? token}`,
        },
        body: JSON.stringify(single ? events[0] : events),
      });
      return { status: answer.statusCode, json: (await answer.body.json()) as Record<string, unknown> };
    },
    open: (name, product = 'lab') =>
      asSystem(house, BRAND, 'test', async (tx, ctx) => {
        await subjectOpen(tx, ctx, { product, name, customerId });
      }),
    close: (name, product = 'lab') =>
      asSystem(house, BRAND, 'test', (tx, ctx) => subjectClose(tx, ctx, { product, name })),
  };
}

let made = 0;

/** A usage event with an id of its own. */
export function event(
  type: string,
  subject: string,
  time: Date | string,
  data: Record<string, unknown>,
  more: Partial<UsageEvent> = {},
) {
  return {
    specversion: '1.0',
    id: `e-${++made}`,
    source: '/edges/1',
    type,
    subject,
    time: typeof time === 'string' ? time : time.toISOString(),
    data,
    ...more,
  };
}
