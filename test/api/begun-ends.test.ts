import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { addMs } from '#kernel/time.ts';
import { totpCode } from '#modules/factors/index.ts';
import type { World } from '#server/world.ts';
import { asked, signedIn } from '../support/members.ts';
import { readyCustomer, testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** What somebody began by a password or a mailbox ends when its owner gives that up. */

let world: World;

const NEXT = 'Other-rain-and-7-geese';

before(async () => {
  world = await testWorld();
});

/** The newest code of so many digits that was mailed there. */
async function mailed(to: string, digits: number): Promise<string> {
  const code = new RegExp(`\\b\\d{${digits}}\\b`);
  for (let attempt = 0; attempt < 500; attempt++) {
    const { json } = await call(world, 'GET', '/dev/mailbox');
    const mails = (json.items as { to: string; body: string }[]).filter((mail) => mail.to === to);
    const found = mails.map(({ body }) => code.exec(body)?.[0]).find(Boolean);
    if (found) return found;
    await sleep(20);
  }
  return assert.fail(`no code came to ${to}`);
}

async function movedTo(cookie: string, email: string, password: string): Promise<void> {
  const begun = await call(world, 'POST', '/account/contacts/email', { cookie, body: { email, password } });
  assert.equal(begun.status, 202, begun.text);
  const path = `/account/contacts/verifications/${String(begun.json.id)}`;
  assert.equal(await asked(world, 'POST', path, cookie, { code: await mailed(email, 6) }), '204');
}

test('a sign-in that waits for its second factor ends when the password is changed', async () => {
  const who = await readyCustomer(world, null);
  const { email, password } = who;
  const cookie = await signedIn(world, who);
  const enrolment = await call(world, 'POST', '/account/factors/totp', { cookie });
  const secret = String(enrolment.json.secret);
  const confirmed = { code: totpCode(secret, world.clock.now()) };
  assert.equal(await asked(world, 'POST', '/account/factors/totp/confirmation', cookie, confirmed), '200');
  const begun = await call(world, 'POST', '/auth/sign-in', { body: { email, password } });
  assert.equal(begun.status, 202);
  assert.equal(
    await asked(world, 'POST', '/account/password', cookie, { current: password, next: NEXT }),
    '204',
  );
  world.clock.moveTo(addMs(world.clock.now(), 30_000));
  const given = { factor: 'totp', code: totpCode(secret, world.clock.now()) };
  const body = { challenge: begun.json.challenge, given };
  assert.equal(await asked(world, 'POST', '/auth/second-factor', '', body), '410 challenge-gone');
});

test('a recovery code at a mailbox that was given up opens nothing', async () => {
  const who = await readyCustomer(world, null);
  const { email, password } = who;
  const cookie = await signedIn(world, who);
  assert.equal((await call(world, 'POST', '/auth/recovery', { body: { email } })).status, 202);
  const code = await mailed(email, 8);
  await movedTo(cookie, `new-${email}`, password);
  assert.equal(await asked(world, 'POST', '/auth/recovery/code', '', { email, code }), '422 wrong-code');
});

test('a recovery that came as far as its new password ends with the mailbox that it came by', async () => {
  const who = await readyCustomer(world, null);
  const { email, password } = who;
  const cookie = await signedIn(world, who);
  assert.equal((await call(world, 'POST', '/auth/recovery', { body: { email } })).status, 202);
  const code = await mailed(email, 8);
  const begun = await call(world, 'POST', '/auth/recovery/code', { body: { email, code } });
  assert.equal(begun.status, 200, begun.text);
  await movedTo(cookie, `new-${email}`, password);
  const body = { challenge: begun.json.challenge, password: NEXT, given: null };
  assert.equal(await asked(world, 'POST', '/auth/recovery/password', '', body), '410 challenge-gone');
  assert.equal(await asked(world, 'GET', '/services', cookie), '200');
});
