import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { readConfig } from '#kernel/config.ts';
import { openChannels } from './payment-channels.ts';
import { newKeyPair } from './stand-in/key-file.ts';

const quiet = { warn: () => undefined };
const now = () => systemClock.now();
const PRODUCTION = {
  DATABASE_URL: 'postgres://localhost/x',
  CLOUDPACT_ENV: 'production',
  SMTP_URL: 'smtps://mail.example.com',
  ALIYUN_ACCESS_KEY_ID: 'a',
  ALIYUN_ACCESS_KEY_SECRET: 'b',
};

test('without keys both channels are stand-ins, and say so', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'channels-'));
  t.after(() => rm(dir, { recursive: true }));
  const env = { DATABASE_URL: 'postgres://localhost/x', CLOUDPACT_DATA_DIR: dir };
  const { gateways, standIns } = await openChannels(readConfig(env), now, quiet);
  assert.deepEqual([gateways.alipay?.sandbox, gateways.wechatpay?.sandbox], [true, true]);
  assert.deepEqual(
    standIns.map(({ prefix }) => prefix),
    ['/sandbox/alipay', '/sandbox/wechatpay'],
  );
});

test('in production a channel with keys is the real one, one without is absent, and nothing stands in', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'channels-'));
  t.after(() => rm(dir, { recursive: true }));
  const { privateKey, publicKey } = await newKeyPair();
  const [keyFile, publicFile, secretFile] = ['key.pem', 'public.pem', 'v3'].map((name) => join(dir, name));
  await writeFile(keyFile!, privateKey);
  await writeFile(publicFile!, publicKey);
  await writeFile(secretFile!, `${'k'.repeat(32)}\n`);
  const wechatPay = {
    WECHATPAY_APP_ID: 'wx1',
    WECHATPAY_MCH_ID: '1900000001',
    WECHATPAY_MERCHANT_SERIAL: 'ABC',
    WECHATPAY_PRIVATE_KEY_FILE: keyFile,
    WECHATPAY_API_V3_KEY_FILE: secretFile,
    WECHATPAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_1',
    WECHATPAY_PUBLIC_KEY_FILE: publicFile,
  };
  const alipay = {
    ALIPAY_APP_ID: '2021',
    ALIPAY_SELLER_ID: '2088',
    ALIPAY_PRIVATE_KEY_FILE: keyFile,
    ALIPAY_PUBLIC_KEY_FILE: publicFile,
  };
  const only = async (keys: object) => {
    const opened = await openChannels(readConfig({ ...PRODUCTION, ...keys }), now, quiet);
    assert.deepEqual([opened.standIns, opened.alipaySandbox, opened.wechatPaySandbox], [[], null, null]);
    return Object.values(opened.gateways).map(({ channel, sandbox, merchant }) => ({
      channel,
      sandbox,
      merchant,
    }));
  };
  const real = { channel: 'wechatpay', sandbox: false, merchant: { appId: 'wx1', sellerId: '1900000001' } };
  assert.deepEqual(await only(wechatPay), [real]);
  assert.deepEqual(
    (await only(alipay)).map(({ channel }) => channel),
    ['alipay'],
  );
  assert.deepEqual(
    (await only({ ...alipay, ...wechatPay })).map(({ channel }) => channel),
    ['alipay', 'wechatpay'],
  );
  await writeFile(secretFile!, 'short');
  await assert.rejects(only(wechatPay), /APIv3 key/);
});
