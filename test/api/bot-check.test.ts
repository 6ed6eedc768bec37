import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Challenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';
import { addMinutes } from '#kernel/time.ts';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';
import { call, type Reply } from './call.ts';

/** Forms that strangers send cost them a proof of work, where the deployment asks for it. */

let world: World;
before(async () => {
  world = await testWorld({ env: { CLOUDPACT_BOT_CHECK: 'on', CLOUDPACT_BOT_CHECK_COST: '5000' } });
});

interface Proof {
  challenge: Challenge;
  solution: { counter: number; derivedKey: string };
}

const SIGN_UP = '/auth/sign-up';
const person = (name: string) => ({
  email: `${name}@example.com`,
  password: 'Plum-rain-and-9-geese',
  locale: 'zh',
  minor: false,
});

function send(path: string, body: unknown, proof?: Proof | string): Promise<Reply> {
  const header =
    typeof proof === 'string' ? proof : Buffer.from(JSON.stringify(proof ?? {})).toString('base64');
  return call(world, 'POST', path, { body, ...(proof ? { headers: { 'proof-of-work': header } } : {}) });
}

async function challengeFor(path: string, body: unknown): Promise<Challenge> {
  const { status, json } = await send(path, body);
  assert.deepEqual([status, json.code], [428, 'proof-of-work-needed'], path);
  return json.challenge as Challenge;
}

async function solved(challenge: Challenge): Promise<Proof> {
  const { counter, derivedKey } = (await solveChallenge({ challenge, deriveKey }))!;
  return { challenge, solution: { counter, derivedKey } };
}

test('a stranger’s form is taken with the solution of its challenge, once', async () => {
  const proof = await solved(await challengeFor(SIGN_UP, person('one')));
  assert.equal((await send(SIGN_UP, person('one'), proof)).status, 202);
  assert.equal((await send(SIGN_UP, person('two'), proof)).status, 428, 'used twice');
});

test('two that send one solution at once: one is taken', async () => {
  const proof = await solved(await challengeFor(SIGN_UP, person('three')));
  const sent = await Promise.all(['a', 'b', 'c', 'd'].map((name) => send(SIGN_UP, person(name), proof)));
  assert.deepEqual(sent.map(({ status }) => status).sort(), [202, 428, 428, 428]);
});

test('a solution that is forged, of another form, or too late is none', async () => {
  const proof = await solved(await challengeFor(SIGN_UP, person('five')));
  const { challenge, solution } = proof;
  const easier = { ...challenge, parameters: { ...challenge.parameters, keyPrefix: '00', cost: 1 } };
  const bad: (Proof | string)[] = [
    { challenge, solution: { ...solution, counter: solution.counter + 1, derivedKey: '0'.repeat(64) } },
    { challenge: easier, solution },
    { challenge: { ...challenge, signature: '0'.repeat(64) }, solution },
    { challenge: { parameters: challenge.parameters } as Challenge, solution },
    { challenge: { ...challenge, parameters: null as never }, solution },
    'bm90IGpzb24=',
    'x',
    'A'.repeat(8_000),
    'not base64!',
  ];
  for (const each of bad) {
    const { status } = await send(SIGN_UP, person('five'), each);
    assert.equal(status, 428, JSON.stringify(each).slice(0, 80));
  }
  const other = { email: 'five@example.com' };
  assert.equal((await send('/auth/resend-code', other, proof)).status, 428);
  world.clock.moveTo(addMinutes(world.clock.now(), 10));
  assert.equal((await send(SIGN_UP, person('five'), proof)).status, 428, 'after ten minutes');
});

test('bad input is told before any work is asked for', async () => {
  assert.equal((await send(SIGN_UP, { email: 'x' })).status, 400);
});

/** Sends mail or a message to whoever is named, makes an account, or asks staff to read. */
const ASKED: Record<string, object> = {
  '/auth/sign-up': person('seven'),
  '/auth/resend-code': { email: 'seven@example.com' },
  '/auth/recovery': { email: 'seven@example.com' },
  '/auth/phone/codes': { phone: '13800138000', locale: 'zh' },
  '/reports': {
    about: 'https://example.com/',
    category: 'other',
    text: 'Something is wrong there.',
    reporter: 'seven@example.com',
  },
};

test('each route by which a stranger makes us write to somebody asks for it', async () => {
  for (const [path, body] of Object.entries(ASKED)) await challengeFor(path, body);
});

test('off, as while developing, nothing is asked for', async () => {
  const open = await testWorld();
  assert.equal((await call(open, 'POST', SIGN_UP, { body: person('six') })).status, 202);
});
