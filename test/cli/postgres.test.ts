import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import { ensureDatabase, type Postgres, startPostgres } from '#server/local/postgres.ts';

const run = promisify(execFile);
const log = () => {};

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('embedded PostgreSQL', () => {
  // mkdtemp's directories are 0700: as root, the database user can't enter them, as it can't enter /root.
  let home: string;
  let dir: string;
  const started: Postgres[] = [];
  const start = async (options: { port?: number; in?: string } = {}) => {
    const { in: where = dir, ...rest } = options;
    const postgres = await startPostgres({ dir: where, settings: { fsync: 'off' }, log, ...rest });
    started.push(postgres);
    return postgres;
  };

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'cloudpact-postgres-'));
    dir = join(home, 'postgres');
  });
  after(async () => {
    for (const postgres of started) await postgres.stop();
    await rm(home, { recursive: true, force: true });
  });

  it('starts in a fresh directory, keeps data and port, and stops', async () => {
    const first = await start();
    await ensureDatabase(first, 'shop');
    await ensureDatabase(first, 'shop');
    await query(first.url('shop'), 'create table kept as select 42 as answer');
    await first.stop();
    assert.equal((await first.exited).reason, 'exit code 0');

    const second = await start();
    assert.equal(second.port, first.port);
    assert.equal(second.adopted, false);
    assert.deepEqual(await query(second.url('shop'), 'select answer from kept'), [{ answer: 42 }]);
    await second.stop();
  });

  it('is PostgreSQL 18, in UTF-8, with checksums', async () => {
    const postgres = await start();
    const [row] = await query<{ version: string; encoding: string; sums: string; zone: string }>(
      postgres.adminUrl,
      `select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding,
              current_setting('data_checksums') as sums, current_setting('timezone') as zone`,
    );
    assert.match(row?.version ?? '', /^18/);
    assert.deepEqual([row?.encoding, row?.sums, row?.zone], ['UTF8', 'on', 'UTC']);
  });

  it('hands out a role that is no superuser and reaches neither files nor programs', async () => {
    const postgres = await start();
    const [role] = await query<{ rolsuper: boolean; rolcreatedb: boolean }>(
      postgres.adminUrl,
      'select rolsuper, rolcreatedb from pg_roles where rolname = current_user',
    );
    assert.deepEqual(role, { rolsuper: false, rolcreatedb: true });
    await assert.rejects(query(postgres.adminUrl, `copy (select 1) to program 'id'`), /permission denied/);
    await assert.rejects(query(postgres.adminUrl, `select pg_read_file('/etc/passwd')`), /permission denied/);
  });

  it('asks for the password, which only the owner of the directory can read', async () => {
    const postgres = await start();
    const wrong = new URL(postgres.adminUrl);
    wrong.password = 'guess';
    await assert.rejects(query(wrong.href, 'select 1'), /password authentication failed/);
    assert.equal((await stat(join(dir, 'credentials.json'))).mode & 0o077, 0);
    assert.equal((await stat(join(dir, 'cluster'))).mode & 0o077, 0);
  });

  it('listens on 127.0.0.1 alone, and by a socket where only its own user and root come', async () => {
    const postgres = await start();
    const [row] = await query<{ listen: string; address: string | null }>(
      postgres.adminUrl,
      `select current_setting('listen_addresses') as listen, inet_server_addr()::text as address`,
    );
    assert.deepEqual(row, { listen: '127.0.0.1', address: null }, 'we come by the socket');
    const [, , , , socketDir] = (await readFile(join(dir, 'cluster/postmaster.pid'), 'utf8')).split('\n');
    assert.equal(socketDir, '.');
    const byTcp = new URL(postgres.adminUrl);
    byTcp.search = '';
    assert.deepEqual(await query(byTcp.href, 'select 1 as one'), [{ one: 1 }]);
  });

  it('is asked by TCP where the name of its socket would be too long', async () => {
    const deep = join(dir, 'd'.repeat(90));
    const postgres = await startPostgres({ dir: deep, settings: { fsync: 'off' }, log: () => undefined });
    try {
      assert.equal(new URL(postgres.adminUrl).search, '');
      assert.deepEqual(await query(postgres.adminUrl, 'select 1 as one'), [{ one: 1 }]);
    } finally {
      await postgres.stop();
    }
  });

  it('adopts a server that already runs, and sees its end', async () => {
    const first = await start();
    const second = await start();
    assert.equal(second.adopted, true);
    assert.deepEqual([second.pid, second.port], [first.pid, first.port]);
    assert.deepEqual(await query(second.url('shop'), 'select answer from kept'), [{ answer: 42 }]);
    await second.stop();
    await Promise.all([first.exited, second.exited]);
  });

  it('survives kill -9 of the server: committed rows are there, the stale pid file is no obstacle', async () => {
    const first = await start();
    await query(first.url('shop'), 'insert into kept values (43)');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    assert.equal(
      (await readFile(join(dir, 'cluster/postmaster.pid'), 'utf8')).split('\n')[0],
      `${first.pid}`,
    );

    const second = await start();
    assert.equal(second.adopted, false);
    const rows = await query(second.url('shop'), 'select answer from kept order by answer');
    assert.deepEqual(rows, [{ answer: 42 }, { answer: 43 }]);
    await second.stop();
  });

  it("starts though the stale pid file names another live process's id", async () => {
    await writeFile(
      join(dir, 'cluster/postmaster.pid'),
      `${process.pid}\n/elsewhere\n1\n5432\n\n127.0.0.1\n\nready\n`,
    );
    const postgres = await start();
    assert.notEqual(postgres.pid, process.pid);
    assert.deepEqual(await query(postgres.adminUrl, 'select 1 as one'), [{ one: 1 }]);
    await postgres.stop();
  });

  it('takes another port when the one it used is taken by then', async () => {
    const blocker = await start({ in: join(home, 'other') });
    await writeFile(join(dir, 'port'), `${blocker.port}`);
    const postgres = await start();
    assert.notEqual(postgres.port, blocker.port);
    await postgres.stop();
  });

  it('says why when the port that was asked for is taken', async () => {
    const blocker = await start({ in: join(home, 'other') });
    await assert.rejects(start({ port: blocker.port }), /didn't start[\s\S]*Address already in use/);
  });

  it('begins anew when an earlier run was killed while making the cluster', async () => {
    const torn = join(home, 'torn');
    await run('mkdir', ['-p', join(torn, 'cluster.new/base')]);
    const postgres = await start({ in: torn });
    assert.deepEqual(await query(postgres.adminUrl, 'select 1 as one'), [{ one: 1 }]);
  });

  it('runs as another user when we are root', async (t) => {
    if (process.getuid?.() !== 0) return t.skip('not root: PostgreSQL runs as ourselves');
    const postgres = await start();
    const status = await readFile(`/proc/${postgres.pid}/status`, 'utf8');
    assert.doesNotMatch(status, /^Uid:\t0\b/m);
  });
});
