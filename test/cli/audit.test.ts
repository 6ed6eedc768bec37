import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { connect, transact } from '#kernel/db.ts';
import { asSystem } from '#kernel/house.ts';
import { sweepAll } from '#kernel/sweeps.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { readCredentials } from '#server/local/postgres-cluster.ts';
import { allSweeps } from '#server/worker.ts';
import type { World } from '#server/world.ts';
import { beforeWorlds, testWorld } from '../support/world.ts';

/** `./cloudpact audit verify`, as it is run by hand. */

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
let world: World;

/** A cluster of this file's own, whose superuser it may be. */
let dir: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cloudpact-audit-'));
  const postgres = await startPostgres({
    dir,
    settings: { fsync: 'off' },
    leaves: 'nothing',
    log: () => undefined,
  });
  beforeWorlds(async () => {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  });
  world = await testWorld({ adminUrl: postgres.adminUrl, start: new Date('2026-03-03T02:00:00Z') });
});

async function superuserUrl(): Promise<string> {
  const credentials = await readCredentials(dir);
  const url = new URL(world.databaseUrl);
  return Object.assign(url, { username: 'postgres', password: credentials!.superuserPassword }).href;
}

interface Told {
  code: number;
  out: string;
}

async function verify(...words: string[]): Promise<Told> {
  const env = { ...process.env, DATABASE_URL: world.databaseUrl };
  const main = join(ROOT, 'server/cli/main.ts');
  try {
    const { stdout } = await run(process.execPath, [main, 'audit', 'verify', ...words], { env });
    return { code: 0, out: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout + stderr };
  }
}

/** Two blocks of one brand, of forty acts each. */
async function blocks(): Promise<void> {
  const { house } = world.server;
  const seal = allSweeps(house).find(({ name }) => name === 'audit.seal')!;
  for (const wanted of [1, 2]) {
    await asSystem(house, 'lantian', 'test', (tx, ctx) =>
      auditRecordAll(
        tx,
        ctx,
        Array.from({ length: 40 }, (_, number) => ({
          action: 'notice.told-by-staff',
          subject: { kind: 'notice', id: `${wanted}-${number}` },
          customerId: null,
          facts: { number },
        })),
      ),
    );
    world.clock.moveTo(new Date(world.clock.now().getTime() + 11 * 60_000));
    const deadline = performance.now() + 20_000;
    for (;;) {
      await sweepAll(seal, world.clock.now());
      const sealed = await house.db
        .selectFrom('audit_block')
        .select('number')
        .where('brand', '=', 'lantian')
        .execute();
      if (sealed.length >= wanted) break;
      if (performance.now() > deadline) throw new Error('not sealed');
      await sleep(20);
    }
  }
}

test('audit verify: 0 and the roots when the record is as it was sealed; 1 and the row and its block when a superuser changed it', async () => {
  await blocks();
  const whole = await verify();
  assert.equal(whole.code, 0, whole.out);
  assert.match(whole.out, /lantian: 2 blocks, root [0-9a-f]{64}/);
  assert.match(whole.out, /all others are as they were sealed/);

  const { rows } = await sql<{ id: bigint }>`select e.id from audit_event e
    where e.brand = 'lantian' and e.subject_id = '2-7'`.execute(world.server.house.db);
  const { id } = rows[0]!;
  const { db, close } = connect(await superuserUrl(), 1);
  try {
    await transact(db, async (tx) => {
      // No trigger runs in a session that replicates, which a superuser may say of their own.
      await sql`set local session_replication_role = replica`.execute(tx);
      await sql`update audit_event set facts = '{"number": 0}' where id = ${id}`.execute(tx);
    });
  } finally {
    await close();
  }
  const changed = await verify();
  assert.equal(changed.code, 1, changed.out);
  assert.match(changed.out, new RegExp(`DIFFERS 不一致: audit_event ${id} is not as it was sealed`));
  assert.match(changed.out, /\(lantian, block 2\)/, 'the block is named');
});

test('another word, or roots that are none, are told plainly', async () => {
  const other = await run(process.execPath, [join(ROOT, 'server/cli/main.ts'), 'audit', 'mend']).catch(
    (error) => error as { code: number; stderr: string },
  );
  assert.equal((other as { code: number }).code, 2);
  const none = await verify('--roots', join(ROOT, 'package.json'));
  assert.equal(none.code, 1);
  assert.match(none.out, /holds no roots/);
});
