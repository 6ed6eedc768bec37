import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash, verify } from '@node-rs/argon2';
import { sql } from 'kysely';
import { Agent, request } from 'undici';
import { newId } from '#kernel/ids.ts';
import { newToken, tokenHash } from '#kernel/seal.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { openWorld, type World } from '#server/world.ts';
import { startChild } from '../test/faults/support/children.ts';
import { asOwner } from './as-owner.ts';
import { table } from './figures.ts';

/**
 * What a session check adds to a request (bar: p99 under 1 ms), how soon 10,000 open sessions are dead in two API
 * processes (bar: 1 s), and sign-ins a second beside bare argon2 in the same run (bar: 0.8 of it).
 */

const SESSIONS = 10_000;
const agent = new Agent({ connections: 8, pipelining: 1 });
const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const postgres = await startPostgres({ dir, settings: { fsync: 'off' }, log: () => undefined });
const world = await openWorld({ adminUrl: postgres.adminUrl });
try {
  const customer = new StoryCustomer(world.url);
  await customer.getReady('10');
  const tokens = await openSessions(world, customer);
  await asOwner(world, 'analyze identity_session');
  const check = await checkAdds(world, tokens);
  const revoked = await revoke(world, customer, tokens);
  const signIns = await signInRate(world, customer);
  table(`People (load ${loadavg()[0]!.toFixed(1)} on this machine)`, [
    ['session check, p50', `${check.p50.toFixed(2)} ms`, '', ''],
    ['session check, p99', `${check.p99.toFixed(2)} ms`, check.p99.toFixed(2), 'bar 1 ms'],
    ['  without it, p99', `${check.without.toFixed(2)} ms`, '', ''],
    [
      `${SESSIONS} sessions revoked`,
      `${revoked.ms.toFixed(0)} ms until it is answered`,
      (revoked.ms / 1_000).toFixed(2),
      'bar 1 s',
    ],
    ['  good afterwards, in two processes', String(revoked.alive), '', 'bar 0'],
    ['bare argon2id verifies', `${signIns.bare.toFixed(1)} a second`, '', '19 MiB, 2 passes, 1 lane'],
    [
      'sign-ins',
      `${signIns.whole.toFixed(1)} a second`,
      (signIns.whole / signIns.bare).toFixed(2),
      'bar 0.8',
    ],
  ]);
  const good =
    check.p99 < 1 && revoked.ms < 1_000 && revoked.alive === 0 && signIns.whole / signIns.bare > 0.8;
  if (!good) process.exitCode = 1;
} finally {
  await agent.close();
  await world.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}

/** Of the customer's own user, beside the one that it has. */
async function openSessions({ server, clock }: World, customer: StoryCustomer): Promise<string[]> {
  const { db } = server.house;
  const own = await db
    .selectFrom('identity_session')
    .selectAll()
    .where('token_hash', '=', tokenHash(customer.api.cookie().split('=')[1]!))
    .executeTakeFirstOrThrow();
  const tokens = Array.from({ length: SESSIONS }, newToken);
  for (let from = 0; from < SESSIONS; from += 1_000) {
    const rows = tokens.slice(from, from + 1_000).map((token) => ({
      ...own,
      id: newId(),
      token_hash: tokenHash(token),
      last_seen_at: clock.now(),
    }));
    await db.insertInto('identity_session').values(rows).execute();
  }
  return tokens;
}

/**
 * The same public route with a session and without, in turns, so that whatever else goes on meets both alike; asked of a
 * process of its own, as it is served, so that whoever asks isn't in the figure.
 */
async function checkAdds(of: World, tokens: string[]) {
  const { url, stop } = await startChild(of, 'api', {});
  const times: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 6_000; turn++) {
    const cookie = turn % 2 === 1 ? `cp_session=${tokens[(turn * 7919) % tokens.length]}` : null;
    const started = performance.now();
    await statusOf(url, cookie);
    if (turn >= 1_000) times[(turn % 2) as 0 | 1].push(performance.now() - started);
  }
  await stop();
  const [without, with_] = times.map((values) => values.toSorted((a, b) => a - b)) as [number[], number[]];
  const at = (values: number[], share: number) => values[Math.floor(values.length * share)]!;
  return {
    p50: at(with_, 0.5) - at(without, 0.5),
    p99: at(with_, 0.99) - at(without, 0.99),
    without: at(without, 0.99),
  };
}

/** From the act to its answer; afterwards every token is tried once, in two processes. */
async function revoke(of: World, customer: StoryCustomer, tokens: string[]) {
  const child = await startChild(of, 'api', {});
  const headers = { cookie: customer.api.cookie() };
  const before = await request(`${child.url}/api/v1/auth/session`, {
    dispatcher: agent,
    headers: { cookie: `cp_session=${tokens[0]}` },
  });
  await before.body.dump();
  if (before.statusCode !== 200) throw new Error(`a session is ${before.statusCode} before it is revoked`);
  const started = performance.now();
  const answer = await request(`${of.url}/api/v1/account/sessions`, {
    dispatcher: agent,
    method: 'DELETE',
    headers,
  });
  const ms = performance.now() - started;
  if (answer.statusCode !== 200)
    throw new Error(`revoking: ${answer.statusCode} ${await answer.body.text()}`);
  await answer.body.dump();
  let alive = 0;
  const bases = [of.url, child.url];
  for (let at = 0; at < tokens.length; at += 8) {
    const lot = tokens.slice(at, at + 8);
    const found = await Promise.all(
      lot.map((token, index) =>
        statusOf(bases[(at / 8 + index) % 2]!, `cp_session=${token}`, '/auth/session'),
      ),
    );
    alive += found.filter((status) => status !== 401).length;
  }
  await child.stop();
  return { ms, alive };
}

async function signInRate(of: World, customer: StoryCustomer) {
  const stored = await hash(customer.password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const body = JSON.stringify({ email: customer.email, password: customer.password });
  const headers = { 'content-type': 'application/json' };
  const signIn = async () => {
    const answer = await request(`${of.url}/api/v1/auth/sign-in`, {
      dispatcher: agent,
      method: 'POST',
      headers,
      body,
    });
    await answer.body.dump();
    if (answer.statusCode !== 204) throw new Error(`sign-in: ${answer.statusCode}`);
  };
  const rates = { bare: [] as number[], whole: [] as number[] };
  for (let round = 0; round < 5; round++) {
    await sql`delete from kernel_throttle`.execute(of.server.house.db);
    rates.bare.push(await perSecond(50, () => verify(stored, customer.password)));
    rates.whole.push(await perSecond(50, signIn));
  }
  const middle = (values: number[]) => values.toSorted((a, b) => a - b)[2]!;
  return { bare: middle(rates.bare), whole: middle(rates.whole) };
}

/** Four at a time, as the thread pool has threads. */
async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let left = count;
  const lane = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return (count * 1_000) / (performance.now() - started);
}

async function statusOf(base: string, cookie: string | null, path = '/brand'): Promise<number> {
  const answer = await request(`${base}/api/v1${path}`, {
    dispatcher: agent,
    headers: cookie ? { cookie } : {},
  });
  await answer.body.dump();
  return answer.statusCode;
}
