import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { openapiDocument } from '#server/openapi.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { readyCustomer, testWorld } from '../support/world.ts';
import { call, type Reply, staffCookie } from './call.ts';
import { filled, ROUTES } from './route-table.ts';

/** F62: whatever takes a secret, or may be asked whether one is right, ends in 429, for known and unknown names alike. */

let world: World;
let customer: StoryCustomer;
let staff: string;
before(async () => {
  world = await testWorld({ seed: true });
  staff = await staffCookie(world);
  customer = await readyCustomer(world, null);
});

interface Operation {
  tags?: string[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
}
interface Schema {
  properties?: Record<string, unknown>;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

const SECRET = /^(password|current|code|answer|proof|assertion|response)$/;

function namesIn(schema: Schema): string[] {
  return [
    ...Object.keys(schema.properties ?? {}),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(namesIn),
  ];
}

/** Every route that strangers sign in, sign up or recover by, and every one that takes a secret of who is signed in. */
async function guarded(): Promise<string[]> {
  const { paths } = (await openapiDocument()) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { tags, requestBody }]) => {
      if (method === 'get' || !requestBody) return [];
      const name = `${method.toUpperCase()} ${path.slice('/api/v1'.length).replaceAll(/\{(\w+)\}/g, ':$1')}`;
      const open = tags?.includes('auth') && ROUTES[name]?.access === 'public';
      const secret = namesIn(requestBody.content['application/json'].schema).some((field) =>
        SECRET.test(field),
      );
      return open || secret ? [name] : [];
    }),
  );
}

/** Where nothing can be guessed by trying again, and why. */
const NO_GUESSING: Record<string, string> = {
  'POST /account/factors/passkeys': 'signed for a challenge that is good once',
  'POST /staff/auth/passkeys': 'signed for a challenge that is good once',
  'PUT /account/factors/question': 'sets the answer, for who proved a factor just now',
  'POST /account/phone': 'a code bears few tries, and is dead then',
  'POST /auth/prove/phone': 'a code bears few tries, and is dead then',
  'POST /account/contacts/verifications/:id': 'a code bears few tries, and is dead then',
  'POST /account/guardian-consents/:id/confirmation': 'a code bears few tries, and is dead then',
  'POST /push-offers/:id/acceptance': 'nothing is asked of who wasn’t offered it; who was has ten tries',
  'POST /staff/coupons': 'names a coupon that staff make',
  'POST /inquiries/:id/answer': 'a text',
  'POST /staff/privacy/requests/:id/answer': 'a text',
};

test('each of them ends in 429, and says when to come again', async () => {
  const names = (await guarded()).filter((name) => !(name in NO_GUESSING));
  assert.ok(names.length > 10, names.join());
  const open: string[] = [];
  for (const name of names) {
    await sql`delete from kernel_throttle`.execute(world.server.house.db);
    const first = await send(name);
    await sql`update kernel_throttle set points = points + 100000`.execute(world.server.house.db);
    const { status, json, headers } = await send(name);
    if (status !== 429) open.push(`${name}: ${first.status}, then ${status}`);
    else {
      assert.equal(json.code, 'too-many-requests');
      assert.match(headers.get('retry-after') ?? '', /^\d+$/, name);
    }
  }
  assert.deepEqual(open, []);
});

function send(name: string): Promise<Reply> {
  const route = ROUTES[name];
  assert.ok(route, `${name} isn’t in the table of routes`);
  const [method, path] = name.split(' ') as [string, string];
  const nobody = '018f0000-0000-7000-8000-000000000000';
  const ids = {
    service: nobody,
    mapping: nobody,
    payment: nobody,
    session: nobody,
    customer: nobody,
    job: '1',
  };
  const cookie = route.access === 'staff' ? staff : customer.api.cookie();
  return call(world, method, filled(path, route, ids as never), {
    ...(route.access === 'public' ? {} : { cookie }),
    body: route.body ?? {},
  });
}

test('whoever has a whole /64 of IPv6 is one visitor, whichever of its addresses they use', async () => {
  await sql`delete from kernel_throttle`.execute(world.server.house.db);
  const from = async (remoteAddress: string) => {
    const payload = { email: `${randomUUID()}@example.com`, password: 'x' };
    const sent = { method: 'POST', url: '/api/v1/auth/sign-in', remoteAddress, payload } as const;
    const answer = await world.server.app.inject({ ...sent, headers: { host: new URL(world.url).host } });
    return answer.statusCode;
  };
  const said: number[] = [];
  for (let each = 1; each <= 61; each++) said.push(await from(`2001:db8:1:2:${each}::${each}`));
  assert.deepEqual([said[0], said[59], said[60]], [401, 401, 429]);
  assert.equal(await from('2001:db8:1:3::1'), 401, 'the network beside it is somebody else');
});

test('codes for a mailbox are tried ten times in a quarter of an hour, from however many machines', async () => {
  const { email } = customer;
  const said: number[] = [];
  for (let each = 1; each <= 11; each++) {
    const payload = { email, code: '000000', password: 'Plum-rain-and-9-geese' };
    const sent = { method: 'POST', url: '/api/v1/auth/verify-email', payload } as const;
    const headers = { host: new URL(world.url).host };
    const from = { remoteAddress: `192.0.2.${each}`, headers };
    said.push((await world.server.app.inject({ ...sent, ...from })).statusCode);
  }
  assert.deepEqual([said[0], said[9], said[10]], [422, 422, 429]);
});

test('guessing at a name that is there and at one that isn’t is answered alike, to the last word', async () => {
  const staffEmail = world.server.logins.find(({ role }) => role === 'staff')!.email;
  const pairs: [path: string, known: object, unknown: object][] = [
    ['/auth/sign-in', { email: customer.email, password: 'x' }, { email: 'no@example.com', password: 'x' }],
    ['/staff/auth/sign-in', { email: staffEmail, password: 'x' }, { email: 'no@example.com', password: 'x' }],
    ['/auth/resend-code', { email: customer.email }, { email: 'no@example.com' }],
    ['/auth/recovery', { email: customer.email }, { email: 'no@example.com' }],
  ];
  for (const [path, known, unknown] of pairs) {
    const told: string[][] = [];
    for (const body of [known, unknown]) {
      await sql`delete from kernel_throttle`.execute(world.server.house.db);
      const said: string[] = [];
      for (let attempt = 0; attempt < 12; attempt++)
        said.push(shown(await call(world, 'POST', path, { body })));
      told.push(said);
    }
    assert.deepEqual(told[0], told[1], path);
    if (path.includes('sign-in')) assert.match(told[0]!.at(-1)!, /^429/, path);
  }
});

/** All of an answer but what is new in each: its id, the seconds left, and what was sent. */
function shown({ status, text, headers }: Reply): string {
  const cookies = headers.getSetCookie().map((cookie) => cookie.split('=')[0]);
  const plain = text.replaceAll(/[\w-]+@example\.com|[0-9a-f-]{36}|\d+ seconds|"retry_after_s":\d+/g, '…');
  return `${status} ${cookies} ${plain}`;
}
