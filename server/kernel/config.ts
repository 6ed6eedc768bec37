import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Collector, collectorAt } from './log-syslog.ts';
import { type Allowance, isNetwork } from './public-address.ts';
import { ConfigError, withSecretFiles } from './secret-files.ts';

export { ConfigError };

/** Configuration, read once at start from the environment and checked whole; a wrong value names itself. */

const port = z.coerce.number().int().min(0).max(65535);
const file = z.string().min(1);
const keyText = z.base64().refine((text) => Buffer.from(text, 'base64').length === 32, '32 bytes in base64');

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

const environment = z.object({
  CLOUDPACT_ENV: z.enum(['development', 'production']).default('development'),
  CLOUDPACT_ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  CLOUDPACT_DATA_DIR: z.string().min(1).default('data'),
  CLOUDPACT_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  CLOUDPACT_NODES_FILE: file.optional(),
  CLOUDPACT_BRANDS_DIR: file.optional(),
  CLOUDPACT_HYPERVISOR: z.enum(['lxd', 'incus']).optional(),
  CLOUDPACT_SEAL_KEY: keyText.optional(),
  CLOUDPACT_SEAL_KEY_NEXT: keyText.optional(),
  CLOUDPACT_SEAL_KEY_FILE: file.optional(),
  CLOUDPACT_SIGNER_KEY_FILE: file.optional(),
  CLOUDPACT_SIGNER_CERTIFICATE_FILE: file.optional(),
  CLOUDPACT_TAX_INVOICES: z.enum(['local', 'by-hand']).optional(),
  CLOUDPACT_TRUST_PROXY: z.stringbool().default(false),
  CLOUDPACT_DNS_SERVERS: list
    .pipe(z.array(z.string().regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\])(:\d{1,5})?$/)))
    .prefault(''),
  CLOUDPACT_FETCH_NETWORKS: list.pipe(z.array(z.string().refine(isNetwork, 'not a network'))).prefault(''),
  CLOUDPACT_FETCH_PORTS: list.pipe(z.array(z.coerce.number<string>().int().min(1).max(65535))).prefault(''),
  CLOUDPACT_SMS_CODES_PER_DAY: z.coerce.number().int().min(0).max(1_000_000).default(2_000),
  CLOUDPACT_SESSION_IDLE_HOURS: z.coerce.number().int().min(1).max(720).default(168),
  CLOUDPACT_STAFF_IDLE_MINUTES: z.coerce.number().int().min(10).max(720).default(60),
  CLOUDPACT_CLAMAV: z
    .string()
    .regex(
      /^(\/.+|(localhost|127\.0\.0\.1|\[::1\]):\d{1,5})$/,
      'not a socket of this machine: clamd has no TLS',
    )
    .optional(),
  CLOUDPACT_LOG_COLLECTOR: z
    .string()
    .regex(
      /^(tls:\/\/[\w.-]+:\d{1,5}|tcp:\/\/(localhost|127\.0\.0\.1):\d{1,5})$/,
      'not tls://HOST:PORT, nor tcp:// to a relay of this machine',
    )
    .optional(),
  CLOUDPACT_LOG_COLLECTOR_CA_FILE: file.optional(),
  CLOUDPACT_BOT_CHECK: z.enum(['on', 'off']).optional(),
  CLOUDPACT_BOT_CHECK_COST: z.coerce.number().int().min(1_000).max(100_000_000).default(500_000),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(20),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(8080),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  ALIPAY_APP_ID: z.string().optional(),
  ALIPAY_SELLER_ID: z.string().optional(),
  ALIPAY_PRIVATE_KEY_FILE: file.optional(),
  ALIPAY_PUBLIC_KEY_FILE: file.optional(),
  ALIPAY_GATEWAY_URL: z.url().default('https://openapi.alipay.com/gateway.do'),
  WECHATPAY_APP_ID: z.string().optional(),
  WECHATPAY_MCH_ID: z.string().optional(),
  WECHATPAY_MERCHANT_SERIAL: z.string().optional(),
  WECHATPAY_PRIVATE_KEY_FILE: file.optional(),
  WECHATPAY_API_V3_KEY_FILE: file.optional(),
  WECHATPAY_PUBLIC_KEY_ID: z.string().startsWith('PUB_KEY_ID_').optional(),
  WECHATPAY_PUBLIC_KEY_FILE: file.optional(),
  WECHATPAY_BASE_URL: z.url().default('https://api.mch.weixin.qq.com'),
  ALIYUN_ACCESS_KEY_ID: z.string().optional(),
  ALIYUN_ACCESS_KEY_SECRET: z.string().optional(),
});

export interface Config {
  production: boolean;
  role: 'all' | 'api' | 'worker';
  dataDir: string;
  /** Origin under which browsers and payment gateways reach us, without a trailing slash. */
  publicUrl: string;
  nodesFile: string | null;
  /** Where the brands' folders are; null: beside the program. */
  brandsDir: string | null;
  /** The key that wraps the data keys: in a file, or given by the environment; and the next one while it is changed. */
  sealKeyFile: string;
  sealKey: Buffer | null;
  sealKeyNext: Buffer | null;
  /** The operator's own key and certificate for contracts; without them a pair is made. */
  signer: { keyFile: string; certificateFile: string } | null;
  taxInvoices: 'local' | 'by-hand';
  trustProxy: boolean;
  /** Who is asked about customers' domains, "address" or "address:port"; empty: the system's resolvers. */
  dnsServers: readonly string[];
  /** Networks and ports that customers' addresses may lead to beside the public internet's 80 and 443. */
  fetchAllow: Allowance;
  /** The operator's clamd: a path, or host and port of this machine; null: uploads aren't scanned. */
  clamav: { path: string } | { host: string; port: number } | null;
  /** Who takes a copy of every line of the log, by syslog; null: it goes to standard output alone. */
  logCollector: Collector | null;
  /** Proof of work before anonymous forms: iterations of PBKDF2 that one costs on average; null: none is asked for. */
  botCheck: { cost: number } | null;
  /** After how long without use sessions end, where a brand says nothing of it. */
  sessionIdle: { hours: number; staffMinutes: number };
  /** Codes by SMS to numbers that aren't signed in, in a day and of one brand: each costs money. */
  smsCodesPerDay: number;
  /** Ids and secrets at third parties, by the names of their variables (drivers/identity-providers.ts). */
  signIn: Readonly<Record<string, string>>;
  databaseUrl: string;
  databasePool: number;
  host: string;
  port: number;
  logLevel: string;
  smtpUrl: string | null;
  alipay: {
    appId: string;
    sellerId: string;
    privateKeyFile: string;
    publicKeyFile: string;
    gatewayUrl: string;
  } | null;
  wechatPay: {
    appId: string;
    mchId: string;
    merchantSerial: string;
    privateKeyFile: string;
    apiV3KeyFile: string;
    /** 微信支付公钥; null for merchants whose WeChat Pay signs with platform certificates. */
    publicKey: { id: string; file: string } | null;
    baseUrl: string;
  } | null;
  aliyun: { accessKeyId: string; accessKeySecret: string } | null;
}

function allOrNone<T extends Record<string, string | undefined>>(
  values: T,
): { [K in keyof T]: string } | null {
  const missing = Object.keys(values).filter((name) => !values[name]);
  if (missing.length === Object.keys(values).length) return null;
  if (missing.length > 0) throw new ConfigError(`also set ${missing.join(', ')}, or none of them`);
  return values as { [K in keyof T]: string };
}

export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(withSecretFiles(env)).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(lines.join('\n'));
  }
  const e = parsed.data;
  const { ALIPAY_APP_ID, ALIPAY_SELLER_ID, ALIPAY_PRIVATE_KEY_FILE, ALIPAY_PUBLIC_KEY_FILE } = e;
  const alipay = allOrNone({
    ALIPAY_APP_ID,
    ALIPAY_SELLER_ID,
    ALIPAY_PRIVATE_KEY_FILE,
    ALIPAY_PUBLIC_KEY_FILE,
  });
  const { ALIYUN_ACCESS_KEY_ID, ALIYUN_ACCESS_KEY_SECRET } = e;
  const aliyun = allOrNone({ ALIYUN_ACCESS_KEY_ID, ALIYUN_ACCESS_KEY_SECRET });
  const production = e.CLOUDPACT_ENV === 'production';
  if (production) {
    const anyChannel = ALIPAY_APP_ID ?? e.WECHATPAY_MCH_ID;
    refuseStandIns({
      SMTP_URL: e.SMTP_URL,
      'ALIPAY_APP_ID or WECHATPAY_MCH_ID': anyChannel,
      ALIYUN_ACCESS_KEY_ID,
    });
  }
  if (production && e.CLOUDPACT_TAX_INVOICES === 'local')
    throw new ConfigError('CLOUDPACT_TAX_INVOICES=local is a stand-in; production issues by-hand');
  const { CLOUDPACT_SIGNER_KEY_FILE, CLOUDPACT_SIGNER_CERTIFICATE_FILE } = e;
  const signer = allOrNone({ CLOUDPACT_SIGNER_KEY_FILE, CLOUDPACT_SIGNER_CERTIFICATE_FILE });
  const dataDir = resolve(e.CLOUDPACT_DATA_DIR);
  return {
    production,
    role: e.CLOUDPACT_ROLE,
    dataDir,
    publicUrl: new URL(e.CLOUDPACT_PUBLIC_URL ?? `http://localhost:${e.PORT}`).origin,
    nodesFile: e.CLOUDPACT_NODES_FILE ?? null,
    brandsDir: e.CLOUDPACT_BRANDS_DIR ? resolve(e.CLOUDPACT_BRANDS_DIR) : null,
    sealKeyFile: e.CLOUDPACT_SEAL_KEY_FILE ?? join(dataDir, 'seal.key'),
    sealKey: keyOf(e.CLOUDPACT_SEAL_KEY),
    sealKeyNext: keyOf(e.CLOUDPACT_SEAL_KEY_NEXT),
    signer: signer && {
      keyFile: signer.CLOUDPACT_SIGNER_KEY_FILE,
      certificateFile: signer.CLOUDPACT_SIGNER_CERTIFICATE_FILE,
    },
    taxInvoices: e.CLOUDPACT_TAX_INVOICES ?? (production ? 'by-hand' : 'local'),
    trustProxy: e.CLOUDPACT_TRUST_PROXY,
    dnsServers: e.CLOUDPACT_DNS_SERVERS,
    fetchAllow: { networks: e.CLOUDPACT_FETCH_NETWORKS, ports: e.CLOUDPACT_FETCH_PORTS },
    clamav: clamavAt(e.CLOUDPACT_CLAMAV),
    logCollector: collectorAt(e.CLOUDPACT_LOG_COLLECTOR, e.CLOUDPACT_LOG_COLLECTOR_CA_FILE),
    botCheck:
      (e.CLOUDPACT_BOT_CHECK ?? (production ? 'on' : 'off')) === 'on'
        ? { cost: e.CLOUDPACT_BOT_CHECK_COST }
        : null,
    sessionIdle: { hours: e.CLOUDPACT_SESSION_IDLE_HOURS, staffMinutes: e.CLOUDPACT_STAFF_IDLE_MINUTES },
    smsCodesPerDay: e.CLOUDPACT_SMS_CODES_PER_DAY,
    signIn: signInOf(given),
    databaseUrl: e.DATABASE_URL,
    databasePool: e.DATABASE_POOL,
    host: e.HOST,
    port: e.PORT,
    logLevel: e.LOG_LEVEL,
    smtpUrl: e.SMTP_URL ?? null,
    alipay: alipay && {
      appId: alipay.ALIPAY_APP_ID,
      sellerId: alipay.ALIPAY_SELLER_ID,
      privateKeyFile: alipay.ALIPAY_PRIVATE_KEY_FILE,
      publicKeyFile: alipay.ALIPAY_PUBLIC_KEY_FILE,
      gatewayUrl: e.ALIPAY_GATEWAY_URL,
    },
    wechatPay: readWechatPay(e),
    aliyun: aliyun && {
      accessKeyId: aliyun.ALIYUN_ACCESS_KEY_ID,
      accessKeySecret: aliyun.ALIYUN_ACCESS_KEY_SECRET,
    },
  };
}

/** Also for `doctor`, which reads no more than this. */
export function clamavAt(text: string | undefined): Config['clamav'] {
  if (!text) return null;
  if (text.startsWith('/')) return { path: text };
  const { hostname, port } = new URL(`tcp://${text}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** Which brand signs in by whom isn't known here; the names say it. */
function signInOf(given: Record<string, string | undefined>): Config['signIn'] {
  return Object.fromEntries(
    Object.entries(given).filter(
      (entry): entry is [string, string] =>
        entry[0].startsWith('CLOUDPACT_SIGN_IN_') && entry[1] !== undefined,
    ),
  );
}

function readWechatPay(e: z.infer<typeof environment>): Config['wechatPay'] {
  const { WECHATPAY_APP_ID, WECHATPAY_MCH_ID, WECHATPAY_MERCHANT_SERIAL } = e;
  const { WECHATPAY_PRIVATE_KEY_FILE, WECHATPAY_API_V3_KEY_FILE } = e;
  const merchant = allOrNone({
    WECHATPAY_APP_ID,
    WECHATPAY_MCH_ID,
    WECHATPAY_MERCHANT_SERIAL,
    WECHATPAY_PRIVATE_KEY_FILE,
    WECHATPAY_API_V3_KEY_FILE,
  });
  const { WECHATPAY_PUBLIC_KEY_ID, WECHATPAY_PUBLIC_KEY_FILE } = e;
  const publicKey = allOrNone({ WECHATPAY_PUBLIC_KEY_ID, WECHATPAY_PUBLIC_KEY_FILE });
  return (
    merchant && {
      appId: merchant.WECHATPAY_APP_ID,
      mchId: merchant.WECHATPAY_MCH_ID,
      merchantSerial: merchant.WECHATPAY_MERCHANT_SERIAL,
      privateKeyFile: merchant.WECHATPAY_PRIVATE_KEY_FILE,
      apiV3KeyFile: merchant.WECHATPAY_API_V3_KEY_FILE,
      publicKey: publicKey && {
        id: publicKey.WECHATPAY_PUBLIC_KEY_ID,
        file: publicKey.WECHATPAY_PUBLIC_KEY_FILE,
      },
      baseUrl: e.WECHATPAY_BASE_URL.replace(/\/+$/, ''),
    }
  );
}

/** A stand-in takes play money and passes anybody's name: production never starts with one. */
function refuseStandIns(needed: Record<string, string | undefined>): void {
  const missing = Object.keys(needed).filter((name) => !needed[name]);
  if (missing.length > 0) throw new ConfigError(`CLOUDPACT_ENV=production needs ${missing.join(', ')}`);
}

const keyOf = (text: string | undefined) => (text ? Buffer.from(text, 'base64') : null);

/** The key that wraps the data keys of sealed columns; made at first start, readable by its owner alone. Losing it loses what it sealed. */
export function sealKey(path: string): Buffer {
  if (!existsSync(path)) {
    mkdirSync(resolve(path, '..'), { recursive: true });
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== 32) throw new ConfigError(`${path}: not a sealing key (32 bytes in base64)`);
  return key;
}
