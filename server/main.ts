import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { aliyunRealName } from '#drivers/aliyun/real-name.ts';
import { startAliyunSandbox } from '#drivers/aliyun/sandbox.ts';
import { domainProofs } from '#drivers/domain-proof/proofs.ts';
import { type IdentityProviders, openIdentityProviders } from '#drivers/identity-providers.ts';
import { lxdHypervisor } from '#drivers/lxd/hypervisor.ts';
import { type Channels, openChannels } from '#drivers/payment-channels.ts';
import { ownIdentity, readIdentity } from '#drivers/signer/certificate.ts';
import { documentSigner } from '#drivers/signer/signer.ts';
import { simulatedHypervisor } from '#drivers/simulated/hypervisor.ts';
import { chooseSms } from '#drivers/sms.ts';
import { smtpMailer } from '#drivers/smtp/mailer.ts';
import { localTaxInvoices } from '#drivers/tax-invoice-local/issuer.ts';
import { Brands } from '#kernel/brands.ts';
import { type Clock, systemClock, WorldClock } from '#kernel/clock.ts';
import { type Config, ConfigError, readConfig } from '#kernel/config.ts';
import { connect, type Pools } from '#kernel/db.ts';
import { Bus } from '#kernel/events.ts';
import type { House, Ports } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { openLog } from '#kernel/log.ts';
import { migrateOrCheck } from '#kernel/migrate.ts';
import { refuseUnsafe } from '#kernel/production.ts';
import { Quota } from '#kernel/quota.ts';
import { openSealer } from '#kernel/seal-keys.ts';
import { Signals } from '#kernel/signals.ts';
import { Throttle } from '#kernel/throttle.ts';
import type { Hypervisor } from '#modules/compute/driver.ts';
import { type NodeConfig, readNodes } from '#modules/compute/index.ts';
import { CODES_PER_VISITOR, NETWORK_SHARE, shareOf, WIDE_NETWORK_SHARE } from '#modules/federation/index.ts';
import { mailboxMailer, mailboxSms } from '#modules/notify/index.ts';
import { policyMemo } from '#modules/terms/index.ts';
import { holderIdentity } from '#modules/verification/index.ts';
import { SMS_TEXTS } from '#modules/wording/index.ts';
import { buildApp } from './app.ts';
import { furnish } from './furnish.ts';
import { type Login, seed } from './seed.ts';
import { watchSite } from './site-watch.ts';
import { subscribeAll } from './subscribe-all.ts';
import { startWorker } from './worker.ts';
import { moverOf, refuseReal } from './world-mover.ts';

/**
 * The server process, and the only file that chooses drivers. `openServer` is also how worlds and tests get a
 * whole server; run as a program it reads the environment and tells its parent when it is ready.
 */

const ROOT = join(import.meta.dirname, '..');

export interface ServerOptions {
  config: Config;
  clock?: Clock;
  log?: Logger;
  nodes?: NodeConfig[];
  /** Takes the place of the drivers that the nodes name; for tests that make a driver fail. */
  hypervisors?: (node: NodeConfig, deployment: string) => Hypervisor;
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
  alipaySandbox: Channels['alipaySandbox'];
  wechatPaySandbox: Channels['wechatPaySandbox'];
  identitySandboxes: IdentityProviders['sandboxes'];
  close(): Promise<void>;
}

export async function openServer(options: ServerOptions): Promise<Server> {
  const { config, clock = systemClock } = options;
  const log = options.log ?? openLog(config.logLevel);
  const closers: (() => Promise<void> | void)[] = [];
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

interface Stage {
  config: Config;
  clock: Clock;
  log: Logger;
  pools: Pools;
  brands: Brands;
  nodes: NodeConfig[];
  closers: (() => Promise<void> | void)[];
  hypervisors: ServerOptions['hypervisors'];
}

async function choosePorts(
  stage: Stage,
): Promise<{ ports: Ports; channels: Channels; identity: IdentityProviders }> {
  const { pools, nodes } = stage;
  const { id: deployment } = await pools.db
    .selectFrom('kernel_deployment')
    .select('id')
    .executeTakeFirstOrThrow();
  const drivers = new Map(
    nodes.map((node) => [
      node.name,
      (stage.hypervisors ?? hypervisorOf)(node, deployment, stage.config.production),
    ]),
  );
  const { config, clock, log } = stage;
  const channels = await openChannels(config, () => clock.now(), log);
  const identity = await openIdentityProviders({ config, brands: stage.brands });
  const ports: Ports = {
    deployment,
    nodeNames: [...drivers.keys()],
    hypervisors: (name) => {
      const found = drivers.get(name);
      if (!found) throw new Error(`node ${name} is not in the nodes file`);
      return found;
    },
    payments: channels.gateways,
    realName: await chooseRealName(stage),
    domainProofs: domainProofs({ servers: config.dnsServers, allow: config.fetchAllow }),
    mailer: chooseMailer(stage),
    sms: await chooseSmsSender(stage),
    taxInvoices: chooseTaxInvoices(stage),
    signer: chooseSigner(stage),
    identityProviders: identity.of,
    smsThrottles: smsThrottles(pools, config.smsCodesPerDay),
    holderIdentity,
    throttles: {
      visitor: Throttle.open(pools.pool, 'visitor', 60, 600),
      account: Throttle.open(pools.pool, 'account', 10, 900),
    },
    challenges: Throttle.open(pools.pool, 'challenge', 1, 3_600),
    quota: Quota.open(pools.pool, 'calls'),
  };
  return { ports, channels, identity };
}

function smsThrottles({ pool }: Pools, perDay: number): Ports['smsThrottles'] {
  const daily = (name: string, most: number) => Throttle.open(pool, name, most, 86_400);
  return {
    visitor: Throttle.open(pool, 'sms-visitor', CODES_PER_VISITOR, 3_600),
    network: daily('sms-network', shareOf(perDay, NETWORK_SHARE)),
    wideNetwork: daily('sms-wide-network', shareOf(perDay, WIDE_NETWORK_SHARE)),
    brand: daily('sms-brand', perDay),
  };
}

function hypervisorOf(node: NodeConfig, deployment: string, production: boolean): Hypervisor {
  if (node.driver === 'simulated' && production) {
    throw new ConfigError(`node ${node.name} is simulated; production makes real machines`);
  }
  if (node.driver === 'simulated') return simulatedHypervisor({ deployment, stateFile: node.state_file });
  if (!node.endpoint) throw new Error(`node ${node.name}: endpoint is missing`);
  const text = (path: string | undefined) => path && readFileSync(path, 'utf8');
  return lxdHypervisor({
    deployment,
    endpoint: node.endpoint,
    clientCert: text(node.client_cert_file),
    clientKey: text(node.client_key_file),
    serverCert: text(node.server_cert_file),
    pool: node.pool,
    network: node.network,
    limitEgress: node.limit_egress,
  });
}

async function chooseRealName({ config, log, closers }: Stage) {
  if (config.aliyun) {
    const endpoint = 'cloudauth.aliyuncs.com';
    return aliyunRealName({ ...config.aliyun, endpoint, protocol: 'https', sandbox: false }, log);
  }
  const key = { accessKeyId: 'sandbox', accessKeySecret: crypto.randomUUID() };
  const sandbox = await startAliyunSandbox(key);
  closers.push(() => sandbox.close());
  return aliyunRealName({ ...key, endpoint: sandbox.endpoint, protocol: 'http', sandbox: true }, log);
}

/** Without an issuing service staff issue by hand; the stand-in is for development alone. */
function chooseTaxInvoices({ config, clock }: Stage) {
  if (config.taxInvoices === 'by-hand') return null;
  return localTaxInvoices(join(config.dataDir, 'tax-invoice-local'), () => clock.now());
}

function chooseSigner({ config, clock, brands }: Stage) {
  const { signer, dataDir } = config;
  const [brand] = brands.all;
  const operator = brand!.legal?.name.zh ?? brand!.name.zh;
  return documentSigner(() =>
    signer
      ? readIdentity(signer.keyFile, signer.certificateFile)
      : ownIdentity(join(dataDir, 'signer'), operator, clock.now()),
  );
}

/** The operator's key for Alibaba Cloud sends SMS too; which texts were approved stands in each brand.yaml. */
function chooseSmsSender({ config, clock, pools, brands, closers }: Stage) {
  const deliver = mailboxSms(pools.db, clock, (sign) => brands.bySign(sign).id);
  return chooseSms({
    key: config.aliyun,
    texts: SMS_TEXTS,
    brands: brands.all,
    clock,
    deliver,
    onClose: (close) => closers.push(close),
  });
}

function chooseMailer({ config, clock, pools, brands, closers }: Stage) {
  if (config.smtpUrl) {
    const mailer = smtpMailer({ url: config.smtpUrl });
    closers.push(() => mailer.close());
    return { ...mailer, sandbox: false };
  }
  const brandOf = (from: string) =>
    (brands.all.find(({ mailFrom }) => mailFrom.zh === from || mailFrom.en === from) ?? brands.all[0]!).id;
  return mailboxMailer(pools.db, clock, brandOf);
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
