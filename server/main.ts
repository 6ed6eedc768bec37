import { join } from 'node:path';
import type { Logger } from 'pino';
import { Brands } from '#kernel/brands.ts';
import { type Clock, systemClock, WorldClock } from '#kernel/clock.ts';
import { type Config, readConfig } from '#kernel/config.ts';
import { connect } from '#kernel/db.ts';
import { Bus } from '#kernel/events.ts';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { alsoTo, openLog } from '#kernel/log.ts';
import { shipTo } from '#kernel/log-syslog.ts';
import { migrateOrCheck } from '#kernel/migrate.ts';
import { refuseUnsafe } from '#kernel/production.ts';
import { openSealer } from '#kernel/seal-keys.ts';
import { Signals } from '#kernel/signals.ts';
import { type NodeConfig, readNodes } from '#modules/compute/index.ts';
import { policyMemo } from '#modules/terms/index.ts';
import { buildApp } from './app.ts';
import { furnish } from './furnish.ts';
import { choosePorts, type Opened, type Stage } from './ports.ts';
import { type Login, seed } from './seed.ts';
import { watchSite } from './site-watch.ts';
import { subscribeAll } from './subscribe-all.ts';
import { startWorker } from './worker.ts';
import { moverOf, refuseReal } from './world-mover.ts';

/**
 * The server process. `openServer` is also how worlds and tests get a
 * whole server; run as a program it reads the environment and tells its parent when it is ready.
 */

const ROOT = join(import.meta.dirname, '..');

export interface ServerOptions {
  config: Config;
  clock?: Clock;
  log?: Logger;
  nodes?: NodeConfig[];
  /** Takes the place of the drivers that the nodes name; for tests that make a driver fail. */
  hypervisors?: NonNullable<Stage['hypervisors']>;
  /** Sweeps wait for whoever moves the clock. */
  stepped?: boolean;
  seed?: boolean;
  /** Staff may move the clock, which has to be a world's. */
  movable?: boolean;
  /** Where the brands' folders are; this repository's own by default. */
  brandsDir?: string;
}

export interface Server {
  url: string;
  house: House;
  app: App;
  logins: Login[];
  /** The local gateways, where there are any; only code in this process can make them misbehave. */
  alipaySandbox: Opened['channels']['alipaySandbox'];
  wechatPaySandbox: Opened['channels']['wechatPaySandbox'];
  identitySandboxes: Opened['identity']['sandboxes'];
  close(): Promise<void>;
}

export async function openServer(options: ServerOptions): Promise<Server> {
  const { config, clock = systemClock } = options;
  const closers: (() => Promise<void> | void)[] = [];
  const shipper = config.logCollector && !options.log ? shipTo(config.logCollector) : null;
  if (shipper) closers.push(() => shipper.close());
  const log = options.log ?? openLog(config.logLevel, shipper ? alsoTo(shipper) : undefined);
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const nodes = options.nodes ?? (config.nodesFile ? readNodes(config.nodesFile) : []);
    if (options.movable) refuseReal(config, nodes);
    await migrateOrCheck(config.databaseUrl, config.production);
    const pools = connect(config.databaseUrl, config.databasePool);
    closers.push(() => pools.close());
    const signals = new Signals(config.databaseUrl);
    await signals.start();
    closers.push(() => signals.close());
    policyMemo(pools.db, signals);

    const brandsDir = options.brandsDir ?? config.brandsDir ?? join(ROOT, 'brands');
    const brands = Brands.load(brandsDir, config.sessionIdle);
    const reread = () => {
      try {
        brands.become(Brands.load(brandsDir, config.sessionIdle));
      } catch (err) {
        log.error({ err }, 'the brands could not be read again; those from before go on');
      }
    };
    closers.push(signals.listen('brands', reread));
    const bus = new Bus();
    subscribeAll(bus);
    const stage = { config, clock, log, pools, brands, nodes, closers, hypervisors: options.hypervisors };
    const { ports, channels, identity } = await choosePorts(stage);
    const { sealer, close: forgetKeys } = await openSealer(pools.db, config, signals, (err) =>
      log.error({ err }, 'the sealing keys could not be read again; those from before go on'),
    );
    closers.push(forgetKeys);
    const shared = { bus, brands, sealer, signals, log, ports };
    const house: House = { config, db: pools.db, clock, ...shared, mover: null };
    if (options.movable && clock instanceof WorldClock) house.mover = moverOf(house, clock);

    await furnish(house, nodes);
    const logins = options.seed ? await seed(house) : [];
    const serves = config.role !== 'worker';
    const app = await buildApp(house, {
      consoleDir: serves ? join(ROOT, 'console/dist') : null,
      standIns: [...channels.standIns, ...identity.standIns],
    });
    closers.push(() => app.close());
    const url = await app.listen({ host: config.host, port: serves ? config.port : 0 });
    if (config.role !== 'api') {
      const worker = await startWorker(house, { stepped: options.stepped ?? false });
      closers.push(() => worker.stop());
    }
    const { alipaySandbox, wechatPaySandbox } = channels;
    const { sandboxes: identitySandboxes } = identity;
    return { url, house, app, logins, alipaySandbox, wechatPaySandbox, identitySandboxes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function run(): Promise<void> {
  try {
    const config = readConfig(process.env);
    refuseUnsafe(config);
    const server = await openServer({ config, seed: true });
    const unwatch = watchSite(server.house);
    const stop = () => {
      unwatch();
      // Whatever doesn't end in time is cut: jobs and requests are safe to be cut anywhere.
      setTimeout(() => process.exit(1), 15_000).unref();
      void server.close().then(() => process.exit());
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.send?.({ type: 'ready', url: server.house.config.publicUrl, logins: server.logins });
  } catch (error) {
    const { message } = error as Error;
    process.send?.({ type: 'failed', message });
    console.error(message);
    process.exitCode = 1;
    // A stuck handle must not keep a server that failed to start.
    setTimeout(() => process.exit(1), 1_000).unref();
    process.disconnect?.();
  }
}

if (import.meta.main) await run();
