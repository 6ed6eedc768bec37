import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call, cookieOf, type Request } from '../api/call.ts';
import { readyCustomer } from './world.ts';

export interface GivenAsked {
  role: string;
  areas?: Record<string, string>;
  services?: string[];
}

export type Asking = [method: string, path: string, cookie: string, body?: Request['body']];

/** What is answered, in a word: `204`, or `403 not-permitted`. */
export async function asked(world: World, ...[method, path, cookie, body]: Asking): Promise<string> {
  const { status, json } = await call(world, method, path, { cookie, body });
  return json.code ? `${status} ${json.code}` : `${status}`;
}

/** What stands in a list. */
export async function itemsOf(
  world: World,
  path: string,
  cookie: string,
): Promise<Record<string, unknown>[]> {
  const { json, text } = await call(world, 'GET', path, { cookie });
  assert.ok(json.items, text);
  return json.items as Record<string, unknown>[];
}

/** Another session of a customer, by its password, which has just shown who it is. */
export async function signedIn(world: World, { email, password }: StoryCustomer): Promise<string> {
  return cookieOf(await call(world, 'POST', '/auth/sign-in', { body: { email, password } }));
}

/** The token in the newest invitation that came to an address. */
export async function invitationTo(world: World, email: string): Promise<string> {
  for (let attempt = 0; attempt < 250; attempt++) {
    const { json } = await call(world, 'GET', '/dev/mailbox');
    const mails = (json.items as { to: string; body: string }[]).filter(({ to }) => to === email);
    const token = mails.map(({ body }) => /invitation#([\w-]{43})/.exec(body)?.[1]).find(Boolean);
    if (token) return token;
    await sleep(20);
  }
  return assert.fail(`no invitation came to ${email}`);
}

/** Asks a person in, who accepts and stands in the account; returns the cookie of that session. */
export async function member(
  world: World,
  by: string,
  given: GivenAsked,
  person?: StoryCustomer,
): Promise<{ cookie: string; id: string; person: StoryCustomer }> {
  // Many people from one machine on one day, which nobody real is.
  const { db } = world.server.house;
  await sql`delete from kernel_throttle`.execute(db);
  await sql`update members_invitation set invited_at = invited_at - interval '1 day'`.execute(db);
  const joining = person ?? (await readyCustomer(world, null));
  const made = await call(world, 'POST', '/members/invitations', {
    cookie: by,
    body: { email: joining.email, given },
  });
  assert.equal(made.status, 201, made.text);
  const token = await invitationTo(world, joining.email);
  const cookie = await signedIn(world, joining);
  const accepted = await call(world, 'POST', '/invitations/acceptance', { cookie, body: { token } });
  assert.equal(accepted.status, 200, accepted.text);
  await stand(world, cookie, String(accepted.json.customer_id));
  const { json } = await call(world, 'GET', '/auth/session', { cookie });
  return { cookie, id: (json.user as { id: string }).id, person: joining };
}

/** The session stands in this customer from now on. */
export async function stand(world: World, cookie: string, customerId: string): Promise<void> {
  const { status, text } = await call(world, 'POST', `/account/customers/${customerId}/switch`, { cookie });
  assert.equal(status, 204, text);
}
