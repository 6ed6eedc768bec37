import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { GatewayUnknown } from '#modules/payments/driver.ts';
import { untrustedKey } from '../stand-in/key-file.ts';
import type { Received } from './client.ts';
import { PlatformKeys } from './platform-keys.ts';
import { wechatPayKeys } from './sandbox-keys.ts';
import { sealed } from './sandbox-wire.ts';
import { answerText, signed } from './wire.ts';

const dir = await mkdtemp(join(tmpdir(), 'platform-keys-'));
const keys = await wechatPayKeys(dir);
await rm(dir, { recursive: true });
const NOW = new Date('2026-03-01T00:00:00Z');
const { serial } = keys.platform;

/** The answer of /v3/certificates, disturbed as the test wants. */
function list(changes: { apiV3Key?: string; serial?: string; key?: string; status?: number } = {}): Received {
  const certificate = sealed(keys.platform.certificate, changes.apiV3Key ?? keys.apiV3Key, 'certificate');
  const item = { serial_no: changes.serial ?? serial, encrypt_certificate: certificate };
  const text = JSON.stringify({ data: [item] });
  const [timestamp, nonce] = ['1772323200', 'nonce'];
  const signature = signed(answerText(timestamp, nonce, text), changes.key ?? keys.platform.privateKey);
  return { status: changes.status ?? 200, text, signature: { timestamp, nonce, serial, signature } };
}

function platform(answers: () => Received | Promise<Received>, now = NOW) {
  const asked = { times: 0 };
  const found = new PlatformKeys({
    apiV3Key: keys.apiV3Key,
    publicKey: null,
    now: () => now,
    download: async () => {
      asked.times += 1;
      return answers();
    },
  });
  return { found, asked };
}

test('certificates are downloaded once; a forged serial number asks at most once a minute', async () => {
  const { found, asked } = platform(list);
  const [one, two] = await Promise.all([found.byId(serial), found.byId(serial)]);
  assert.ok(one && two);
  assert.equal(asked.times, 1);
  for (let forged = 0; forged < 20; forged++)
    assert.equal(await found.byId(`${forged}`.padStart(8, '0')), null);
  assert.equal(asked.times, 1);
  for (const odd of ['', '../..', 'PUB_KEY_ID_1', 'x'.repeat(40)]) assert.equal(await found.byId(odd), null);
});

test('what can’t be had is unknown, not refused, and asked for again', async () => {
  const answers: (Received | Error)[] = [new GatewayUnknown('away'), list({ status: 500 }), list()];
  const { found } = platform(() => {
    const next = answers.shift()!;
    if (next instanceof Error) throw next;
    return next;
  });
  await assert.rejects(found.byId(serial), GatewayUnknown);
  await assert.rejects(found.byId(serial), GatewayUnknown);
  assert.ok(await found.byId(serial));
});

test('a list under another APIv3 key, signed by nobody in it, or with another serial number is not believed', async () => {
  for (const wrong of [
    list({ apiV3Key: '0'.repeat(32) }),
    list({ key: untrustedKey() }),
    list({ serial: 'ABCDEF0123456789' }),
    { ...list(), signature: null },
    { ...list(), text: '{"data":{}}' },
  ]) {
    await assert.rejects(platform(() => wrong).found.byId(serial), GatewayUnknown);
  }
});

test('a certificate outside its time is none', async () => {
  assert.equal(await platform(list, new Date('2050-06-01T00:00:00Z')).found.byId(serial), null);
  assert.equal(await platform(list, new Date('2019-06-01T00:00:00Z')).found.byId(serial), null);
});
