import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WorldClock } from '#kernel/clock.ts';
import { readConfig } from '#kernel/config.ts';
import { asSystem } from '#kernel/house.ts';
import { openLog } from '#kernel/log.ts';
import { staffOwner, totpEnrol, totpSet } from '#modules/factors/index.ts';
import { staffByEmail } from '#modules/staff/index.ts';
import { ensureDatabase, startPostgres } from '#server/local/postgres.ts';
import { PROCESSES } from '#server/local/postgres-roles.ts';
import { identifyProcess, type ProcessIdentity } from '#server/local/supervise-process.ts';
import { openServer, type Server } from './main.ts';
import { migrateFor } from './schema.ts';
import type { Login } from './seed.ts';
import { StoryCustomer } from './story/customer.ts';
import { simulatedNode } from './world.ts';

/** The process of a world that people try things out in: its PostgreSQL and its server, until SIGTERM. */

/** What world.json says; it holds passwords, and is its owner's alone. */
export interface WorldState {
  process: ProcessIdentity;
  url: string;
  brand: string;
  /** The brand's own address. */
  site: string;
  logins: Login[];
  /** The cookie of a session of staff that is still open, for the commands. */
  session?: string;
}

export interface WorldSettings {
  dir: string;
  port: number;
  host: string;
  brand: string;
  start: Date;
}

export const STATE_FILE = 'world.json';
const BALANCE = '1000';

export async function serveWorld(
  settings: WorldSettings,
): Promise<{ state: WorldState; close(): Promise<void> }> {
  const { dir } = settings;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const postgres = await startPostgres({
    dir: join(dir, 'postgres'),
    leaves: 'data',
    log: () => undefined,
  });
  let server: Server | null = null;
  const close = async () => {
    rmSync(join(dir, STATE_FILE), { force: true });
    await server?.close();
    await postgres.stop();
  };
  try {
    await ensureDatabase(postgres, 'world');
    await migrateFor(PROCESSES, postgres.url('world'));
    server = await openServer({
      config: configOf(settings, postgres.processesUrl('world')),
      clock: new WorldClock(settings.start, { ticking: true }),
      log: openLog('warn'),
      nodes: [simulatedNode({ state_file: join(dir, 'simulated.json') })],
      stepped: true,
      movable: true,
      seed: true,
    });
    const state = await stateOf(settings, server);
    writeFileSync(join(dir, STATE_FILE), JSON.stringify(state, null, 2), { mode: 0o600 });
    return { state, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The environment is read too, so that what is real in it is seen and refused. */
function configOf({ dir, port, host }: WorldSettings, databaseUrl: string) {
  return readConfig({
    ...process.env,
    DATABASE_URL: databaseUrl,
    CLOUDPACT_DATA_DIR: dir,
    CLOUDPACT_NODES_FILE: undefined,
    CLOUDPACT_SEAL_KEY: undefined,
    CLOUDPACT_SEAL_KEY_FILE: undefined,
    CLOUDPACT_PUBLIC_URL: `http://localhost:${port}`,
    PORT: String(port),
    HOST: host,
  });
}

/** The logins: staff, and a customer of the brand who may buy anything. */
async function stateOf({ brand, port }: WorldSettings, server: Server): Promise<WorldState> {
  const url = `http://localhost:${port}`;
  const { brands } = server.house;
  const site = brands.url(brands.get(brand), url);
  const customer = new StoryCustomer(site, { email: `customer@${brand}.example` });
  await customer.getReady(BALANCE);
  const identity = await identifyProcess(process.pid);
  if (!identity) throw new Error('this process is not to be found in the process list');
  const { email, password } = customer;
  const staff = await withFactor(server);
  return { process: identity, url, brand, site, logins: [...staff, { role: 'customer', email, password }] };
}

/** Its clock is no authenticator's: whoever begins a world is told the code by `world status`. */
async function withFactor({ house, logins }: Server): Promise<Login[]> {
  const staff = logins.filter(({ role }) => role === 'staff');
  return asSystem(house, house.brands.all[0]!.id, 'world', (tx, ctx) =>
    Promise.all(
      staff.map(async (login) => {
        const staffId = (await staffByEmail(tx, login.email))!;
        const { secret } = await totpEnrol(tx, ctx, house.sealer, staffOwner(staffId), login.email);
        await totpSet(tx, ctx, house.sealer, staffOwner(staffId), secret);
        return { ...login, totp: secret };
      }),
    ),
  );
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string' },
      port: { type: 'string' },
      host: { type: 'string' },
      brand: { type: 'string' },
      start: { type: 'string' },
    },
  });
  const tell = (message: object) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  };
  try {
    const { dir, port, host, brand, start } = values as Record<string, string>;
    const settings = { dir: dir!, port: Number(port), host: host!, brand: brand!, start: new Date(start!) };
    const { close } = await serveWorld(settings);
    const stop = () => {
      setTimeout(() => process.exit(1), 30_000).unref();
      void close().then(() => process.exit());
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    tell({ type: 'ready', text: '' });
  } catch (error) {
    tell({ type: 'failed', message: (error as Error).message });
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 1_000).unref();
  }
}

if (import.meta.main) await run();
