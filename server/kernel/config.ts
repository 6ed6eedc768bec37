import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** Configuration, read once at start from the environment and checked whole; a wrong value names itself. */

const port = z.coerce.number().int().min(0).max(65535);
const file = z.string().min(1);

const environment = z.object({
  CLOUDPACT_ENV: z.enum(['development', 'production']).default('development'),
  CLOUDPACT_ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  CLOUDPACT_DATA_DIR: z.string().min(1).default('data'),
  CLOUDPACT_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  CLOUDPACT_NODES_FILE: file.optional(),
  CLOUDPACT_HYPERVISOR: z.enum(['lxd', 'incus']).optional(),
  CLOUDPACT_SEAL_KEY_FILE: file.optional(),
  CLOUDPACT_TRUST_PROXY: z.stringbool().default(false),
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
  ALIYUN_ACCESS_KEY_ID: z.string().optional(),
  ALIYUN_ACCESS_KEY_SECRET: z.string().optional(),
});

export class ConfigError extends Error {}

export interface Config {
  production: boolean;
  role: 'all' | 'api' | 'worker';
  dataDir: string;
  /** Origin under which browsers and payment gateways reach us, without a trailing slash. */
  publicUrl: string;
  nodesFile: string | null;
  sealKeyFile: string;
  trustProxy: boolean;
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
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
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
  if (production) refuseStandIns({ SMTP_URL: e.SMTP_URL, ALIPAY_APP_ID, ALIYUN_ACCESS_KEY_ID });
  const dataDir = resolve(e.CLOUDPACT_DATA_DIR);
  return {
    production,
    role: e.CLOUDPACT_ROLE,
    dataDir,
    publicUrl: new URL(e.CLOUDPACT_PUBLIC_URL ?? `http://localhost:${e.PORT}`).origin,
    nodesFile: e.CLOUDPACT_NODES_FILE ?? null,
    sealKeyFile: e.CLOUDPACT_SEAL_KEY_FILE ?? join(dataDir, 'seal.key'),
    trustProxy: e.CLOUDPACT_TRUST_PROXY,
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
    aliyun: aliyun && {
      accessKeyId: aliyun.ALIYUN_ACCESS_KEY_ID,
      accessKeySecret: aliyun.ALIYUN_ACCESS_KEY_SECRET,
    },
  };
}

/** A stand-in takes play money and passes anybody's name: production never starts with one. */
function refuseStandIns(needed: Record<string, string | undefined>): void {
  const missing = Object.keys(needed).filter((name) => !needed[name]);
  if (missing.length > 0) throw new ConfigError(`CLOUDPACT_ENV=production needs ${missing.join(', ')}`);
}

/** The key that opens sealed columns; made at first start, readable by its owner alone. Losing it loses what it sealed. */
export function sealKey(path: string): Buffer {
  if (!existsSync(path)) {
    mkdirSync(resolve(path, '..'), { recursive: true });
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== 32) throw new ConfigError(`${path}: not a sealing key (32 bytes in base64)`);
  return key;
}
