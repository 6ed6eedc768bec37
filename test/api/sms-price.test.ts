import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Challenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';
import { addMinutes } from '#kernel/time.ts';
import { NETWORK_SHARE, shareOf, WIDE_NETWORK_SHARE } from '#modules/federation/index.ts';
import type { World } from '#server/world.ts';
import { smsCode } from '../support/sms-code.ts';
import { testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** Codes by SMS cost money: an attacker pays more and more for those that never come back, and others hardly notice. */

const PER_DAY = 400;
let world: World;
before(async () => {
  world = await testWorld({
    env: {
      CLOUDPACT_TRUST_PROXY: 'true',
      CLOUDPACT_BOT_CHECK: 'on',
      CLOUDPACT_BOT_CHECK_COST: '2000',
      CLOUDPACT_SMS_CODES_PER_DAY: String(PER_DAY),
    },
  });
});

const ask = (phone: string, ip: string, proof?: string) =>
  call(world, 'POST', '/auth/phone/codes', {
    body: { phone, locale: 'zh' },
    headers: { 'x-forwarded-for': ip, ...(proof ? { 'proof-of-work': proof } : {}) },
  });

type Asked = Challenge & { parameters: { data: { times: number } } };

async function priced(phone: string, ip: string): Promise<{ times: number; challenge: Asked }> {
  const { status, json } = await ask(phone, ip);
  assert.equal(status, 428);
  const challenge = json.challenge as Asked;
  return { times: challenge.parameters.data.times, challenge };
}

async function solved(challenge: Challenge): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey });
  return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64');
}

async function send(phone: string, ip: string) {
  return ask(phone, ip, await solved((await priced(phone, ip)).challenge));
}

let numbers = 0;
const someNumber = () => `139${String((numbers++ * 10_007) % 100_000_000).padStart(8, '0')}`;

test('what a code costs grows with those of the same network that never came back, and a cheap challenge kept in stock is worth nothing then', async () => {
  const stock = await solved((await priced(someNumber(), '203.0.113.200')).challenge);
  const prices: number[] = [];
  for (let host = 1; host <= 11; host++) {
    prices.push((await priced(someNumber(), `203.0.113.${host}`)).times);
    assert.equal((await send(someNumber(), `203.0.113.${host}`)).status, 202);
  }
  assert.deepEqual(prices, [1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 16]);
  assert.equal((await ask(someNumber(), '203.0.113.200', stock)).status, 428);
  assert.equal((await priced(someNumber(), '198.51.100.1')).times, 1, 'elsewhere as ever');
  world.clock.moveTo(addMinutes(world.clock.now(), 61));
  assert.equal((await priced(someNumber(), '203.0.113.9')).times, 1, 'an hour later too');
});

test('codes that came back cost those who asked for them nothing more', async () => {
  for (let person = 0; person < 8; person++) {
    const phone = someNumber();
    const ip = `192.0.2.${person + 1}`;
    const { json } = await send(phone, ip);
    const code = await smsCode(world, phone);
    const made = await call(world, 'POST', '/auth/phone/sign-up', {
      body: { id: json.id, code, locale: 'zh', minor: false, newly_mine: false },
      headers: { 'x-forwarded-for': ip },
    });
    assert.equal(made.status, 204);
  }
  assert.equal((await priced(someNumber(), '192.0.2.99')).times, 1);
});

test('numbers in a row cost more, wherever they are asked for from', async () => {
  const last = { times: 0 };
  for (let each = 0; each < 21; each++) {
    const phone = `1860000${String(each).padStart(4, '0')}`;
    last.times = (await priced(phone, `10.${each}.0.1`)).times;
    assert.equal((await send(phone, `10.${each}.0.1`)).status, 202);
  }
  assert.equal(last.times, 16);
});

test('one network can’t use up a brand’s day, nor can a provider: honest customers elsewhere still get codes', async () => {
  const spend = async (network: (each: number) => string, most: number) => {
    let sent = 0;
    for (let each = 0; each < most + 5; each++) {
      // Past the price, which would take long: what is tried here is the limit behind it.
      const throttles = world.server.house.ports.smsThrottles;
      const ip = network(each);
      const key = `sms:lantian:${ip.split('.').slice(0, 3).join('.')}`;
      const wide = `sms:lantian:${ip.split('.').slice(0, 2).join('.')}`;
      try {
        await throttles.network.spend(key);
        await throttles.wideNetwork.spend(wide);
        sent++;
      } catch {
        break;
      }
    }
    return sent;
  };
  assert.equal(await spend(() => '172.20.5.1', PER_DAY), shareOf(PER_DAY, NETWORK_SHARE));
  assert.equal(await spend((each) => `172.21.${each}.1`, PER_DAY), shareOf(PER_DAY, WIDE_NETWORK_SHARE));
  const refused = await send(someNumber(), '172.20.5.77');
  assert.deepEqual([refused.status, refused.json.code], [429, 'too-many-requests']);
  assert.equal((await send(someNumber(), '172.21.250.1')).status, 429);
  assert.equal((await send(someNumber(), '198.51.100.77')).status, 202);
});
