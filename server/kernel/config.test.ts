import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError, readConfig, sealKey } from './config.ts';

const GOOD = { DATABASE_URL: 'postgresql://cloudpact@localhost/cloudpact' };

test('little is needed, and what is empty is as if not set', () => {
  const config = readConfig({ ...GOOD, PORT: '', SMTP_URL: '', CLOUDPACT_NODES_FILE: '' });
  assert.deepEqual(
    [config.production, config.role, config.host, config.port, config.publicUrl],
    [false, 'all', '127.0.0.1', 8080, 'http://localhost:8080'],
  );
  assert.deepEqual(
    [config.smtpUrl, config.alipay, config.wechatPay, config.aliyun, config.nodesFile],
    [null, null, null, null, null],
  );
});

test('every wrong value names itself', () => {
  const wrong: Record<string, string[]> = {
    CLOUDPACT_ENV: ['prod', 'PRODUCTION'],
    CLOUDPACT_ROLE: ['web'],
    CLOUDPACT_PUBLIC_URL: ['lantian.pro', 'ftp://lantian.pro', 'javascript:alert(1)'],
    CLOUDPACT_TRUST_PROXY: ['perhaps'],
    CLOUDPACT_LOG_COLLECTOR: [
      'logs.example.com:6514',
      'tcp://logs.example.com:601',
      'udp://127.0.0.1:514',
      'tls://host',
    ],
    CLOUDPACT_CLAMAV: ['clamd.example.com:3310', '10.0.0.2:3310', 'run/clamd.ctl', 'localhost'],
    DATABASE_URL: ['mysql://localhost/x', 'localhost'],
    DATABASE_POOL: ['0', '1', '1000', 'many', '2.5'],
    PORT: ['70000', '-1', 'http', '80.5'],
    LOG_LEVEL: ['loud'],
    SMTP_URL: ['http://mail', 'mail.example.com:25'],
    ALIPAY_GATEWAY_URL: ['gateway'],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      assert.throws(
        () => readConfig({ ...GOOD, [name]: value }),
        (error) => error instanceof ConfigError && error.message.startsWith(`${name}: `),
        `${name}=${value}`,
      );
    }
  }
  assert.throws(() => readConfig({}), /^ConfigError: DATABASE_URL|DATABASE_URL: /);
});

test('all wrong values are told at once, and no value is repeated: it may be a secret', () => {
  const said = () => readConfig({ DATABASE_URL: 'mysql://me:hidden@localhost/x', PORT: 'x', LOG_LEVEL: 'y' });
  assert.throws(said, (error: Error) => {
    assert.deepEqual(
      error.message.split('\n').map((line) => line.split(':')[0]),
      ['DATABASE_URL', 'PORT', 'LOG_LEVEL'],
    );
    assert.ok(!error.message.includes('hidden'));
    return true;
  });
});

test('what belongs together is given together', () => {
  assert.throws(
    () => readConfig({ ...GOOD, ALIPAY_APP_ID: '1' }),
    /also set ALIPAY_SELLER_ID, ALIPAY_PRIVATE_KEY_FILE, ALIPAY_PUBLIC_KEY_FILE/,
  );
  assert.throws(
    () => readConfig({ ...GOOD, ALIYUN_ACCESS_KEY_ID: '1' }),
    /also set ALIYUN_ACCESS_KEY_SECRET/,
  );
  assert.throws(
    () => readConfig({ ...GOOD, WECHATPAY_MCH_ID: '1' }),
    /also set WECHATPAY_APP_ID, WECHATPAY_MERCHANT_SERIAL, WECHATPAY_PRIVATE_KEY_FILE, WECHATPAY_API_V3_KEY_FILE/,
  );
  assert.throws(
    () => readConfig({ ...GOOD, WECHATPAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_1' }),
    /also set WECHATPAY_PUBLIC_KEY_FILE/,
  );
});

test('production refuses stand-ins: play money, a mailbox page, anybody’s name', () => {
  const real = {
    ...GOOD,
    CLOUDPACT_ENV: 'production',
    SMTP_URL: 'smtps://mail.example.com',
    ALIPAY_APP_ID: '1',
    ALIPAY_SELLER_ID: '2',
    ALIPAY_PRIVATE_KEY_FILE: 'a',
    ALIPAY_PUBLIC_KEY_FILE: 'b',
    ALIYUN_ACCESS_KEY_ID: 'c',
    ALIYUN_ACCESS_KEY_SECRET: 'd',
  };
  assert.equal(readConfig(real).production, true);
  for (const [gone, named] of [
    [['SMTP_URL'], 'SMTP_URL'],
    [
      ['ALIPAY_APP_ID', 'ALIPAY_SELLER_ID', 'ALIPAY_PRIVATE_KEY_FILE', 'ALIPAY_PUBLIC_KEY_FILE'],
      'ALIPAY_APP_ID or WECHATPAY_MCH_ID',
    ],
    [['ALIYUN_ACCESS_KEY_ID', 'ALIYUN_ACCESS_KEY_SECRET'], 'ALIYUN_ACCESS_KEY_ID'],
  ] as const) {
    const without = Object.fromEntries(
      Object.entries(real).filter(([name]) => !(gone as readonly string[]).includes(name)),
    );
    assert.throws(() => readConfig(without), new RegExp(`needs ${named}$`));
  }
});

test('the public address is an origin, whatever is written behind it', () => {
  const { publicUrl } = readConfig({ ...GOOD, CLOUDPACT_PUBLIC_URL: 'https://lantian.pro/console/?x#y' });
  assert.equal(publicUrl, 'https://lantian.pro');
});

test('the sealing key is made once, for its owner’s eyes; a broken one is refused', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-seal-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'deep/seal.key');
  const key = sealKey(path);
  assert.equal(key.length, 32);
  assert.deepEqual(sealKey(path), key);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await writeFile(path, 'c2hvcnQ=\n');
  assert.throws(() => sealKey(path), /not a sealing key/);
});

test('a secret may stand in a file, as a vault’s agent writes it; given twice it is refused', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-secret-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'secret');
  await writeFile(file, `${GOOD.DATABASE_URL}\n`);
  assert.equal(readConfig({ DATABASE_URL_FILE: file }).databaseUrl, GOOD.DATABASE_URL);
  const signIn = { CLOUDPACT_SIGN_IN_LANTIAN_QQ_SECRET_FILE: file };
  const [found] = Object.entries(readConfig({ ...GOOD, ...signIn }).signIn);
  assert.deepEqual(found, ['CLOUDPACT_SIGN_IN_LANTIAN_QQ_SECRET', GOOD.DATABASE_URL]);
  assert.throws(() => readConfig({ ...GOOD, DATABASE_URL_FILE: file }), ConfigError);
  assert.throws(
    () => readConfig({ ...GOOD, SMTP_URL_FILE: join(dir, 'none') }),
    /SMTP_URL_FILE: .* can't be read/,
  );
});
