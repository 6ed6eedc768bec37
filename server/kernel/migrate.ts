import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';

const FOLDER = new URL('../../migrations/', import.meta.url);
/** Any constant: two servers that start together take turns. */
const LOCK = 712_240_115;

export class MigrationError extends Error {}

/**
 * Applies `migrations/*.sql` in order of name, each in its own transaction, once. A file that was edited
 * after it was applied is refused. Returns the names applied now.
 */
export async function migrate(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await runMigrations({ connectionString: url });
    await client.query(`create table if not exists kernel_migration (
      name text primary key, sha256 text not null, applied_at timestamptz not null default now())`);
    const done = new Map(
      (await client.query('select name, sha256 from kernel_migration')).rows.map((r) => [r.name, r.sha256]),
    );
    const applied: string[] = [];
    for (const name of (await readdir(FOLDER)).filter((file) => file.endsWith('.sql')).sort()) {
      const text = await readFile(new URL(name, FOLDER), 'utf8');
      const sha256 = createHash('sha256').update(text).digest('hex');
      if (done.get(name) === sha256) continue;
      if (done.has(name))
        throw new MigrationError(`${name} was edited after it was applied to this database`);
      await apply(client, name, text, sha256);
      applied.push(name);
    }
    return applied;
  } finally {
    await client.end();
  }
}

async function apply(client: pg.Client, name: string, text: string, sha256: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(text);
    await client.query('insert into kernel_migration (name, sha256) values ($1, $2)', [name, sha256]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new MigrationError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
