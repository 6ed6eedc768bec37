import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, type Source, sources } from './sources.ts';

export const INVENTORY_FILE = 'docs/inventory.md';

/** Whom the processes speak to (ASVS 13.1.1). `files`: where it is done; each module that opens connections is some peer's. */
export const PEERS: readonly { peer: string; by: string; way: string; files: string[] }[] = [
  {
    peer: 'PostgreSQL',
    by: 'DATABASE_URL; DATABASE_OWNER_URL for `up` and `migrate`',
    way: 'this machine, or TLS with sslmode=verify-full (production refuses else)',
    files: ['server/kernel/', 'server/cli/', 'server/local/', 'server/world'],
  },
  {
    peer: 'LXD or Incus nodes',
    by: 'CLOUDPACT_NODES_FILE',
    way: 'socket of this machine, or HTTPS by certificates on both sides, the node’s pinned',
    files: ['server/drivers/lxd/', 'server/local/'],
  },
  {
    peer: 'Alipay',
    by: 'ALIPAY_…, ALIPAY_GATEWAY_URL',
    way: 'HTTPS, RSA2 signatures both ways',
    files: ['server/drivers/alipay/'],
  },
  {
    peer: 'WeChat Pay',
    by: 'WECHATPAY_…, WECHATPAY_BASE_URL',
    way: 'HTTPS, RSA signatures both ways',
    files: ['server/drivers/wechatpay/'],
  },
  {
    peer: 'Alibaba Cloud (identity, SMS)',
    by: 'ALIYUN_ACCESS_KEY_…',
    way: 'HTTPS, signed requests',
    files: ['server/drivers/aliyun/'],
  },
  {
    peer: 'Mail server',
    by: 'SMTP_URL',
    way: 'TLS wherever a password is sent',
    files: ['server/drivers/smtp/'],
  },
  {
    peer: 'Antivirus (clamd)',
    by: 'CLOUDPACT_CLAMAV',
    way: 'socket or port of this machine',
    files: ['server/drivers/clamav/'],
  },
  {
    peer: 'Log collector (syslog)',
    by: 'CLOUDPACT_LOG_COLLECTOR',
    way: 'TLS (RFC 5425); in the clear to a relay of this machine alone',
    files: ['server/kernel/log-syslog.ts'],
  },
  {
    peer: 'Identity providers',
    by: 'CLOUDPACT_SIGN_IN_…',
    way: 'HTTPS',
    files: ['server/drivers/oidc/', 'server/drivers/oauth/', 'server/drivers/channel-wire.ts'],
  },
  {
    peer: 'DNS servers',
    by: 'CLOUDPACT_DNS_SERVERS, else the system’s',
    way: 'DNS',
    files: ['server/drivers/domain-proof/'],
  },
  {
    peer: 'Addresses that customers name (proofs of domains)',
    by: 'customers; CLOUDPACT_FETCH_NETWORKS, CLOUDPACT_FETCH_PORTS',
    way: 'public addresses, ports 80 and 443, each checked (fetch-guard.ts)',
    files: ['server/kernel/fetch-guard.ts', 'server/drivers/domain-proof/'],
  },
  {
    peer: 'Servers of images (simplestreams)',
    by: 'catalogue.yaml',
    way: 'HTTPS',
    files: ['server/modules/compute/remotes.ts'],
  },
  {
    peer: 'The public address itself',
    by: 'CLOUDPACT_PUBLIC_URL',
    way: 'TLS, to see what visitors meet',
    files: ['server/kernel/public-site.ts'],
  },
  {
    peer: 'Local stand-ins (development alone)',
    by: 'nothing',
    way: 'this machine',
    files: ['server/drivers/'],
  },
];

/** What costs much, and what bounds it (ASVS 15.1.3). */
const COSTLY = [
  [
    'Checking a password (argon2id, 64 MiB, 3 passes)',
    'off the main thread, 4 at once; 60 tries per address in 10 minutes, 10 per account in 15',
  ],
  ['Estimating a new password', 'its first 32 characters'],
  ['A proof of work’s check', 'one PBKDF2 of 1,000 iterations for each; asked before strangers’ forms'],
  ['A body of JSON', '256 KiB (6 MiB where files come, 8 MiB of usage events), 32 levels, one pass'],
  ['Usage events', '10,000 in a batch, one statement each batch'],
  ['Lists', '100 rows of a page'],
  ['PDF of papers', 'in a thread of its own, one at a time'],
  ['A copy of one’s own data', 'a job; throttled by account'],
  ['Reading what customers name', '10 seconds, 1 MiB, no compression, three redirects'],
  ['Codes by SMS', 'CLOUDPACT_SMS_CODES_PER_DAY, and by number and address'],
  ['Terminals and streams', 'limits for each service and session; 64 KiB a message'],
  ['Sweeps (due dates, erasure, renewals)', 'bounded batches in the worker'],
];

/** How connections are opened. */
const WIRES =
  /^import (?!type)[^;]*from '(?:node:(?:tls|https?|http2|dgram|dns\/promises|dns)|undici|nodemailer|openid-client|alipay-sdk|@alicloud\/[\w-]+)'|^import \{[^}]*\bcreateConnection\b[^}]*\} from 'node:net'|new pg\.(?:Client|Pool)\(|\bfetch\(/m;
const CRYPTO =
  /from '(?:node:crypto|@node-rs\/argon2|pkijs|otpauth|altcha-lib|altcha-lib\/[\w/-]+|@simplewebauthn\/server|openid-client)'/;
const ALGORITHM =
  /'((?:aes-\d+-gcm)|sha(?:1|256|512)|SHA-?(?:1|256|512)|RSA-SHA256|RSASSA-PKCS1-v1_5|hmac-sha256|rsa|ES256|RS256|EdDSA|PBKDF2\/SHA-256)'/g;
const PRIMITIVE =
  /\b(createHash|createHmac|createCipheriv|createDecipheriv|hkdfSync|randomBytes|randomInt|randomUUID|timingSafeEqual|generateKeyPair|createSign|createVerify|argon2id|privateDecrypt|publicEncrypt|webcrypto)\b/g;

const own = ({ path }: Source) => !/\.test\.ts$|\/sandbox|stand-in|\/story\//.test(path);
const code = () =>
  sources(['server'], ['.ts'])
    .filter(own)
    .sort((a, b) => (a.path < b.path ? -1 : 1));

/** Files that open connections. */
export const wires = (): string[] =>
  code()
    .filter(({ text }) => WIRES.test(text))
    .map(({ path }) => path);

const all = (text: string, what: RegExp) =>
  [...new Set([...text.matchAll(what)].map((found) => found[1]!))].sort().join(', ');

function cryptography(): string[] {
  return code()
    .filter(({ text }) => CRYPTO.test(text))
    .map(({ path, text }) => `| \`${path}\` | ${all(text, PRIMITIVE)} | ${all(text, ALGORITHM)} |`);
}

function logLines(): string[] {
  const called = /\blog\??\.(debug|info|warn|error|fatal)\(\s*([\s\S]*?)\);/g;
  return code().flatMap(({ path, text }) =>
    [...text.matchAll(called)].map(([, level, said]) => {
      const message = /,?\s*(['`])((?:(?!\1).)+)\1,?\s*$/.exec(said!)?.[2] ?? '';
      const fields = /^\{([^}]*)\}/.exec(said!)?.[1]?.match(/\w+(?=\s*[,:}]|$)/g) ?? [];
      return `| ${level} | ${message.replaceAll('|', '\\|')} | ${[...new Set(fields)].join(', ')} | \`${path}\` |`;
    }),
  );
}

/** docs/inventory.md as the code gives it: `node test/tidy/inventory.ts` writes it. */
export function inventoryDocument(): string {
  const peers = PEERS.map(({ peer, by, way }) => `| ${peer} | ${by} | ${way} |`);
  return `# Inventory

What an auditor asks for in lists. Made from the code by \`node test/tidy/inventory.ts\`; \`test/tidy/inventory.test.ts\` fails when they differ.

## Peers

Nothing else is spoken to.

| peer | named by | way |
| --- | --- | --- |
${peers.join('\n')}

## Cryptography

Keys and where they lie stand in [operations.md](operations.md) and decision 0037.

| where | primitives | algorithms named |
| --- | --- | --- |
${cryptography().join('\n')}

## Lines of the log

To standard output, JSON, one a line: \`level\`, \`time\`, \`msg\` and the fields below. Each request leaves \`request\` (level info, error from 500 on) with \`request_id\`, \`method\`, \`route\`, \`status\`, \`ms\`, \`actor\` and, where it was refused as an attempt, \`security\`. No body, query, header or address. The record of acts (\`audit_event\`) is in the database.

| level | message | fields | where |
| --- | --- | --- | --- |
${logLines().join('\n')}

## What costs much

| what | bound |
| --- | --- |
${COSTLY.map(([what, bound]) => `| ${what} | ${bound} |`).join('\n')}
`;
}

if (import.meta.main) writeFileSync(join(ROOT, INVENTORY_FILE), inventoryDocument());
