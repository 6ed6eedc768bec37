import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { grantProcesses, type ProcessRole } from './process-role.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);
/** Any constant: two servers that start together take turns. */
const LOCK = 712_240_115;

export class MigrationError extends Error {}

/**
 * Applies `migrations/*.sql` in order of name, each in its own transaction, once. A file that was edited
 * after it was applied is refused. Returns the names applied now.
 * @param processes the processes' role, which gets what it needs of the schema and no more (process-role.ts);
 * without it whoever migrates is all there is.
 */
export async function migrate(url: string, processes?: ProcessRole): Promise<string[]> {
  return connected(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await runMigrations({ connectionString: url });
    await client.query(`create table if not exists kernel_migration (
      name text primary key, sha256 text not null, applied_at timestamptz not null default now())`);
    const missing = await lacking(client);
    for (const { name, text, sha256 } of missing) await apply(client, name, text, sha256);
    if (processes !== undefined) await grantProcesses(client, processes);
    return missing.map(({ name }) => name);
  });
}

/**
 * Before a process serves: whoever may make tables brings the schema up to date, which production never lets a process
 * do; any other role has to find it so.
 */
export async function migrateOrCheck(url: string, production: boolean): Promise<void> {
  const owns = await connected(url, async (client) => {
    const { rows } = await client.query<{ owns: boolean; begun: boolean }>(
      `select has_schema_privilege(current_user, 'public', 'create') as owns,
        to_regclass('kernel_migration') is not null as begun`,
    );
    const { owns, begun } = rows[0]!;
    if (owns && production)
      throw new MigrationError(
        "DATABASE_URL's role may change the schema. In production another one owns it: DATABASE_OWNER_URL (docs/operations.md)",
      );
    if (!owns && (!begun || (await lacking(client)).length > 0))
      throw new MigrationError(
        "the database's schema is older than the program: run ./cloudpact migrate with DATABASE_OWNER_URL",
      );
    return owns;
  });
  if (owns) await migrate(url);
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

interface Migration {
  name: string;
  text: string;
  sha256: string;
}

/** What hasn't been applied yet, in order. */
async function lacking(client: pg.Client): Promise<Migration[]> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from kernel_migration',
  );
  const done = new Map(rows.map(({ name, sha256 }) => [name, sha256]));
  const missing: Migration[] = [];
  for (const name of (await readdir(FOLDER)).filter((file) => file.endsWith('.sql')).sort()) {
    const text = await readFile(new URL(name, FOLDER), 'utf8');
    const sha256 = createHash('sha256').update(text).digest('hex');
    if (done.get(name) === sha256) continue;
    if (done.has(name)) throw new MigrationError(`${name} was edited after it was applied to this database`);
    missing.push({ name, text, sha256 });
  }
  return missing;
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
