import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkOutsideDatabase, databaseLabel } from '#server/cli/database.ts';
import { type Postgres, startPostgres } from '#server/local/postgres.ts';
import { oldPostgres } from './stub/old-postgres.ts';

describe('outside PostgreSQL', () => {
  let dir: string;
  let postgres: Postgres;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'cloudpact-database-'));
    postgres = await startPostgres({ dir, settings: { fsync: 'off' }, leaves: 'nothing', log: () => {} });
  });
  after(async () => {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const refusal = async (url: string, told: RegExp) => {
    await assert.rejects(checkOutsideDatabase(url), (error: Error) => {
      assert.match(error.message, told);
      assert.doesNotMatch(error.message, new RegExp(new URL(postgres.adminUrl).password));
      return true;
    });
  };
  const listening = async (server: Server) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return (server.address() as { port: number }).port;
  };

  it('is taken when it is new enough', async () => {
    assert.match(await checkOutsideDatabase(postgres.adminUrl), /^18\.\d+$/);
  });

  it('is refused when it is older than 15, with both versions named', async () => {
    for (const [version, number] of [
      ['14.13 (Debian 14.13-1)', '140013'],
      ['9.6.24', '90624'],
    ] as const) {
      const old = oldPostgres(version, number);
      try {
        const url = `postgres://shop:pw@127.0.0.1:${await listening(old)}/shop`;
        await refusal(url, new RegExp(`is PostgreSQL ${version.split(' ')[0]}; 15 or newer is needed`));
      } finally {
        old.close();
      }
    }
  });

  it('is told apart: wrong password, no such database, nobody there, no PostgreSQL', async () => {
    const wrong = new URL(postgres.adminUrl);
    wrong.password = 'guess';
    await refusal(wrong.href, /refuses the user or the password/);
    await refusal(postgres.url('nowhere'), /has no such database/);
    await refusal('postgres://shop@127.0.0.1:1/shop', /refuses the connection/);
    await refusal('postgres://shop@db.invalid/shop', /host name is unknown/);
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    try {
      await refusal(`postgres://shop@127.0.0.1:${await listening(web)}/shop`, /can't be used/);
    } finally {
      web.close();
    }
  });

  it('is named without its password', () => {
    assert.equal(databaseLabel('postgres://u:pw@db.example/shop'), 'shop on db.example:5432');
  });
});
