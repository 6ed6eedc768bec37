import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Logger } from 'pino';
import { WorldClock } from '#kernel/clock.ts';
import { readConfig } from '#kernel/config.ts';
import { openLog } from '#kernel/log.ts';
import { type NodeConfig, nodeConfig } from '#modules/compute/index.ts';
import { PROCESSES, processesUrl } from './local/postgres-roles.ts';
import { openServer, type Server, type ServerOptions } from './main.ts';
import { migrateFor } from './schema.ts';
import { drained, stepTo } from './step.ts';
import { type NameServer, startNameServer } from './world-names.ts';

/** A throw-away deployment with a clock of its own: a whole server on a database that goes with it. Never in production. */
export interface World {
  server: Server;
  url: string;
  clock: WorldClock;
  databaseUrl: string;
  /** The same database for its owner, who alone may change the schema. */
  ownerUrl: string;
  /** The names that its customers' domains have. */
  names: NameServer;
  /** Waits until no job is due or running. */
  drain(): Promise<void>;
  /** Moves the clock, stopping at each due date on the way to do what is due there and let its jobs end. */
  advanceTo(instant: Date): Promise<void>;
  /** Opens the server again on the same database and clock, as after a restart. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** Of PostgreSQL, as somebody who may create databases. */
  adminUrl: string;
  start?: Date;
  ticking?: boolean;
  nodes?: NodeConfig[];
  hypervisors?: ServerOptions['hypervisors'];
  env?: Record<string, string>;
  seed?: boolean;
  brandsDir?: string;
  /** Staff may move the clock from the back office. */
  movable?: boolean;
  log?: Logger;
  /** A database with the schema in it (`makeTemplate`) to begin from, which is sooner copied than made anew. */
  template?: string | undefined;
}

/** A node for worlds without a hypervisor. */
export function simulatedNode(overrides: Partial<NodeConfig> = {}): NodeConfig {
  return nodeConfig.parse({
    name: 'simulated',
    driver: 'simulated',
    subnet: '10.88.0.0/16',
    public_address: '127.0.0.1',
    port_from: 20_000,
    port_to: 29_999,
    ...overrides,
  });
}

/** Makes what `WorldOptions.template` names, for as long as the cluster lives. */
export async function makeTemplate(adminUrl: string): Promise<string> {
  const name = 'world_template';
  await migrateFor(PROCESSES, await createDatabase(adminUrl, name));
  return name;
}

/** Its files as they are, instead of writing each of their pages to the log. */
const copying = (template: string) => `template ${template} strategy file_copy`;

/** An empty database; its address for its owner. */
async function createDatabase(adminUrl: string, name: string, how = ''): Promise<string> {
  await administer(adminUrl, `create database ${name} ${how}`);
  return Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cloudpact-world-'));
  const database = `world_${dataDir.slice(-6).toLowerCase()}_${process.pid}`;
  const { adminUrl, template } = options;
  const ownerUrl = await createDatabase(adminUrl, database, template ? copying(template) : '');
  const databaseUrl = processesUrl(ownerUrl);
  const clock = new WorldClock(options.start ?? new Date('2026-03-02T02:00:00Z'), {
    ticking: options.ticking ?? false,
  });
  const names = await startNameServer();
  // Tests that say nothing of brands can be run on others (test/terms/mutate.ts).
  const brandsDir = options.brandsDir ?? process.env.WORLD_BRANDS;
  const open = (port: number) =>
    openServer({
      config: readConfig({
        DATABASE_URL: databaseUrl,
        DATABASE_POOL: '10',
        CLOUDPACT_DATA_DIR: dataDir,
        CLOUDPACT_PUBLIC_URL: `http://localhost:${port}`,
        PORT: String(port),
        HOST: '127.0.0.1',
        CLOUDPACT_DNS_SERVERS: names.address,
        // Nobody is away while the clock is moved: here sessions end by their age alone.
        CLOUDPACT_SESSION_IDLE_HOURS: '720',
        CLOUDPACT_STAFF_IDLE_MINUTES: '720',
        ...options.env,
      }),
      clock,
      log: options.log ?? openLog(process.env.WORLD_LOG ?? 'silent'),
      nodes: options.nodes ?? [simulatedNode({ state_file: join(dataDir, 'simulated.json') })],
      ...(options.hypervisors ? { hypervisors: options.hypervisors } : {}),
      stepped: true,
      seed: options.seed ?? false,
      ...(brandsDir ? { brandsDir } : {}),
      movable: options.movable ?? false,
    });
  const remove = async () => {
    await names.close();
    await dropDatabase(adminUrl, database);
    await rm(dataDir, { recursive: true, force: true });
  };
  let port = 0;
  let server: Server;
  try {
    if (!template) await migrateFor(PROCESSES, ownerUrl);
    ({ port, server } = await openOnFreePort(open));
  } catch (error) {
    await remove();
    throw error;
  }
  const drain = () => drained(server.house);
  return {
    get server() {
      return server;
    },
    url: `http://localhost:${port}`,
    clock,
    databaseUrl,
    ownerUrl,
    names,
    drain,
    async advanceTo(instant) {
      await stepTo(server.house, clock, instant);
    },
    async reopen() {
      await server.close();
      server = await open(port);
    },
    async close() {
      await unmake(server);
      await server.close();
      await remove();
    },
  };
}

/** What the world made on real hypervisors goes with it; what can't be reached now, `openRealNode` removes at its next start. */
async function unmake({ house }: Server): Promise<void> {
  for (const name of house.ports.nodeNames) {
    const hypervisor = house.ports.hypervisors(name);
    const instances = await hypervisor.observe().catch(() => []);
    for (const instance of instances) await hypervisor.destroy(instance.name).catch(() => undefined);
  }
}

const DROP_TRIES = 20;

/**
 * By force, what of ours still hangs on is cut, but our role may not cut an autovacuum that happens to look at the
 * database; a plain drop has PostgreSQL end that, and waits five seconds for it. Between them they get there.
 */
async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const force = tries % 2 === 1 ? ' with (force)' : '';
    try {
      return await administer(adminUrl, `drop database ${database}${force}`);
    } catch (error) {
      const held = error instanceof pg.DatabaseError && ['55006', '42501'].includes(error.code ?? '');
      if (!held || tries === DROP_TRIES) throw error;
    }
  }
}

async function administer(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Somebody else may take a port between our look and our listening: then another one is tried. */
async function openOnFreePort(
  open: (port: number) => Promise<Server>,
): Promise<{ port: number; server: Server }> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    try {
      return { port, server: await open(port) };
    } catch (error) {
      if (tries === 5 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

/** A port that nobody listens on; the address of a world must be known before it listens. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
