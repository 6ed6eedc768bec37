import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { aliyunRealName } from '#drivers/aliyun/real-name.ts';
import { startAliyunSandbox } from '#drivers/aliyun/sandbox.ts';
import { clamavScanner } from '#drivers/clamav/scanner.ts';
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
import type { Brands } from '#kernel/brands.ts';
import type { Clock } from '#kernel/clock.ts';
import { type Config, ConfigError } from '#kernel/config.ts';
import type { Pools } from '#kernel/db.ts';
import type { FileScanner } from '#kernel/file-scanner.ts';
import type { Ports } from '#kernel/house.ts';
import { Quota } from '#kernel/quota.ts';
import { Throttle } from '#kernel/throttle.ts';
import type { Hypervisor } from '#modules/compute/driver.ts';
import type { NodeConfig } from '#modules/compute/index.ts';
import { CODES_PER_VISITOR, NETWORK_SHARE, shareOf, WIDE_NETWORK_SHARE } from '#modules/federation/index.ts';
import { mailboxMailer, mailboxSms } from '#modules/notify/index.ts';
import { holderIdentity } from '#modules/verification/index.ts';
import { SMS_TEXTS } from '#modules/wording/index.ts';

/** The only file that chooses drivers; what they are chosen from. */
export interface Stage {
  config: Config;
  clock: Clock;
  log: Logger;
  pools: Pools;
  brands: Brands;
  nodes: NodeConfig[];
  closers: (() => Promise<void> | void)[];
  hypervisors: ((node: NodeConfig, deployment: string, production: boolean) => Hypervisor) | undefined;
}

export interface Opened {
  ports: Ports;
  channels: Channels;
  identity: IdentityProviders;
}

/** Each port's driver: the real service where its keys are given, a local one otherwise. */
export async function choosePorts(stage: Stage): Promise<Opened> {
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
    fileScanner: config.clamav && fileScannerAt(config.clamav),
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

/** Also for `doctor`, which looks whether it answers. */
export function fileScannerAt(at: NonNullable<Config['clamav']>): FileScanner {
  return clamavScanner(at);
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
