import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { newId } from '#kernel/ids.ts';
import { newToken, tokenHash } from '#kernel/seal.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { openWorld, type World } from '#server/world.ts';
import { startChild } from '../test/faults/support/children.ts';
import { asOwner } from './as-owner.ts';
import { table } from './figures.ts';
import { agent, statusOf } from './people-asking.ts';
import { checkAdds } from './people-check.ts';
import { signInRate } from './people-sign-in.ts';

/**
 * What a session check adds to a request (bar: p99 under 1 ms), how soon 10,000 open sessions are dead in two API
 * processes (bar: 1 s), and sign-ins beside a server that does nothing but their hash, by what both take of the
 * processor, whoever asks included (bar: 0.8).
 */

const SESSIONS = 10_000;
const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const postgres = await startPostgres({
  dir,
  settings: { fsync: 'off' },
  leaves: 'nothing',
  log: () => undefined,
});
const world = await openWorld({ adminUrl: postgres.adminUrl });
try {
  const customer = new StoryCustomer(world.url);
  await customer.getReady('10');
  const customers = [customer, ...Array.from({ length: 7 }, () => new StoryCustomer(world.url))];
  for (const each of customers.slice(1)) await each.signUp();
  const tokens = await openSessions(world, customer);
  await asOwner(world, 'analyze');
  const check = await checkAdds(world, postgres, tokens);
  const revoked = await revoke(world, customer, tokens);
  const signIns = await signInRate(world, postgres, customers);
  const { cpu } = signIns;
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  table(`People (load ${loadavg()[0]!.toFixed(1)} on this machine)`, [
    ['session check adds, p50', ms(check.whole.p50), '', `${ms(check.unqueued.p50)} less queueing`],
    [
      'session check adds, p99',
      ms(check.whole.p99),
      '',
      `without it ${ms(check.whole.without)}, two such differ by ${ms(check.whole.noise)}`,
    ],
    [
      '  less the queue for a processor',
      ms(check.unqueued.p99),
      check.unqueued.p99.toFixed(2),
      `bar 1 ms; without it ${ms(check.unqueued.without)}`,
    ],
    [
      '  of the processor',
      `${check.cpu.api.toFixed(0)} µs + PostgreSQL ${check.cpu.postgres.toFixed(0)} µs`,
      '',
      '',
    ],
    [
      `${SESSIONS} sessions revoked`,
      `${revoked.ms.toFixed(0)} ms until it is answered`,
      (revoked.ms / 1_000).toFixed(2),
      'bar 1 s',
    ],
    ['  good afterwards, in two processes', String(revoked.alive), '', 'bar 0'],
    ['argon2id, 64 MiB, 3 passes, 1 lane', ms(signIns.hash), '', 'of the processor'],
    ['nothing but the hash', `${signIns.bare.toFixed(1)} a second`, '', `${ms(cpu.bare)} of its process`],
    ['sign-ins', `${signIns.whole.toFixed(1)} a second`, `${signIns.share.toFixed(2)}`, ''],
    [
      '  of the processor',
      `${ms(cpu.api)} + PostgreSQL ${ms(cpu.postgres)} + asking ${ms(cpu.asking)}`,
      signIns.cpuShare.toFixed(2),
      'bar 0.9',
    ],
  ]);
  const good = check.unqueued.p99 < 1 && revoked.ms < 1_000 && revoked.alive === 0 && signIns.cpuShare >= 0.9;
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
