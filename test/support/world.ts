import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { connect, type Db } from '#kernel/db.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { openWorld, type World, type WorldOptions } from '#server/world.ts';

let cluster: Promise<string> | null = null;

/** A run that was killed says nothing to its files' processes: they end when their runner is gone. */
const runner = process.ppid;
setInterval(() => {
  if (process.ppid !== runner) process.exit(1);
}, 500).unref();

/** What the file opened, closed in the opposite order when it is done: worlds before the PostgreSQL they stand on. */
const closers: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/**
 * Real PostgreSQL for a test file: the one that `./cloudpact test` started (CLOUDPACT_TEST_POSTGRES), or one of
 * the file's own that goes when the file is done.
 */
export function testPostgres(): Promise<string> {
  cluster ??= process.env.CLOUDPACT_TEST_POSTGRES
    ? Promise.resolve(process.env.CLOUDPACT_TEST_POSTGRES)
    : ownPostgres();
  return cluster;
}

async function ownPostgres(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-pg-'));
  const postgres = await startPostgres({
    dir,
    settings: { fsync: 'off' },
    leaves: 'nothing',
    log: () => undefined,
  });
  closers.push(async () => {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  });
  return postgres.adminUrl;
}

/** A world for a test file; closed when the file is done. On the shared PostgreSQL it begins from the schema made there once. */
export async function testWorld(options: Partial<WorldOptions> = {}): Promise<World> {
  const shared = options.adminUrl ? {} : { template: process.env.CLOUDPACT_TEST_TEMPLATE };
  const world = await openWorld({ adminUrl: await testPostgres(), ...shared, ...options });
  closers.push(() => world.close());
  return world;
}

/** The world's database for its owner, who may switch off what guards it; the processes may not. */
export function ownerOf(world: World): Db {
  const { db, close } = connect(world.ownerUrl, 2);
  closers.push(close);
  return db;
}

/** Something that a test file opens before its worlds, and that is closed after them. */
export function beforeWorlds(close: () => Promise<void>): void {
  closers.push(close);
}

/** A customer who may buy anywhere, with this much in the balance. */
export async function readyCustomer(world: World, balance: string | null = '100'): Promise<StoryCustomer> {
  const customer = new StoryCustomer(world.url);
  await customer.getReady(balance);
  return customer;
}

export const PASSWORD_ACCESS = { type: 'password' as const, password: 'Plum-rain-and-9-geese' };
