import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { hash, verify } from '@node-rs/argon2';
import { sql } from 'kysely';
import { request } from 'undici';
import type { Db } from '#kernel/db.ts';
import { PASSWORD_COST } from '#modules/identity/index.ts';
import type { Postgres } from '#server/local/postgres.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { startChild } from '../test/faults/support/children.ts';
import { asOwner } from './as-owner.ts';
import { cpuOf } from './cpu-of.ts';
import { p50 } from './figures.ts';
import { agent } from './people-asking.ts';

/** Fewer than one address may try. */
const SIGN_INS = 55;
const ROUNDS = 7;
/** So often both have answered before, as those that have run for a minute have. */
const WARMING = 770;

interface Taken {
  rate: number;
  api: number;
  postgres: number;
  asking: number;
}

/**
 * Sign-ins a second beside a server that does nothing but the hash, in turns: asked by the same, answered over HTTP by
 * a process of its own, and with so many on their way that hashes never wait for work. And what both take of the processor.
 */
export async function signInRate(of: World, postgres: Postgres, customers: StoryCustomer[]) {
  const [{ password }] = customers as [StoryCustomer];
  const stored = await hash(password, PASSWORD_COST);
  const server = await startChild(of, 'api', {});
  const ceiling = fork(join(import.meta.dirname, 'people-ceiling.ts'), {
    env: { ...process.env, STORED_HASH: stored },
  });
  const [{ url }] = (await once(ceiling, 'message')) as [{ url: string }];
  const bare = { url, pid: ceiling.pid! };
  const users = customers.map(({ email }) => ({ email, password }));
  const { db } = of.server.house;
  await setHashes(db, users, stored);
  for (let turn = 0; turn < WARMING; turn += SIGN_INS) {
    await forgive(db);
    await perSecond(SIGN_INS, () => signIn(bare.url, users[0]!));
    await perSecond(SIGN_INS, (at) => signIn(server.url, users[at % users.length]!));
  }
  await asOwner(of, 'analyze');
  const rounds: { bare: Taken; whole: Taken }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await forgive(db);
    rounds.push({ bare: await taken(bare, postgres, users), whole: await taken(server, postgres, users) });
  }
  await server.stop();
  ceiling.kill();
  const middle = (of: (round: (typeof rounds)[number]) => number) => p50(rounds.map(of));
  const total = ({ api, postgres, asking }: Taken) => api + postgres + asking;
  return {
    hash: await oneHash(stored, password),
    bare: middle(({ bare }) => bare.rate),
    whole: middle(({ whole }) => whole.rate),
    share: middle(({ bare, whole }) => whole.rate / bare.rate),
    cpuShare: middle(({ bare, whole }) => total(bare) / total(whole)),
    cpu: {
      bare: middle(({ bare }) => bare.api),
      api: middle(({ whole }) => whole.api),
      postgres: middle(({ whole }) => whole.postgres),
      asking: middle(({ whole }) => whole.asking),
    },
  };
}

/** Nobody is to be stopped for trying often. */
async function forgive(db: Db): Promise<void> {
  await sql`delete from kernel_throttle`.execute(db);
}

interface User {
  email: string;
  password: string;
}

async function setHashes(db: Db, users: User[], password_hash: string): Promise<void> {
  const emails = users.map(({ email }) => email);
  await db.updateTable('identity_user').set({ password_hash }).where('email', 'in', emails).execute();
}

/** Sign-ins a second, and what each took of the processor in milliseconds: of whoever answers, of PostgreSQL, of us. */
async function taken(
  { url, pid }: { url: string; pid: number },
  postgres: Postgres,
  users: User[],
): Promise<Taken> {
  const now = () => ({
    api: cpuOf(pid),
    postgres: cpuOf(postgres.pid, { children: true }),
    asking: cpuOf(process.pid),
  });
  const before = now();
  const rate = await perSecond(SIGN_INS, (turn) => signIn(url, users[turn % users.length]!));
  const after = now();
  const each = (part: keyof typeof after) => (after[part] - before[part]) / SIGN_INS;
  return { rate, api: each('api'), postgres: each('postgres'), asking: each('asking') };
}

async function signIn(base: string, { email, password }: User): Promise<void> {
  const answer = await request(`${base}/api/v1/auth/sign-in`, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'Firefox/140.0' },
    body: JSON.stringify({ email, password }),
  });
  await answer.body.dump();
  if (answer.statusCode !== 204) throw new Error(`sign-in: ${answer.statusCode}`);
}

/** Processor milliseconds of one hash, with nothing beside it. */
async function oneHash(stored: string, password: string): Promise<number> {
  const before = cpuOf(process.pid);
  for (let turn = 0; turn < 100; turn++) await verify(stored, password);
  return (cpuOf(process.pid) - before) / 100;
}

/** Eight at a time: the pool has four threads. */
async function perSecond(count: number, work: (turn: number) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let turn = 0;
  const lane = async () => {
    while (turn < count) await work(turn++);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return (count * 1_000) / (performance.now() - started);
}
