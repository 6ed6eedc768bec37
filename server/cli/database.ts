import pg from 'pg';
import { ConfigError, withSecretFiles } from '#kernel/secret-files.ts';
import { CommandError } from './command.ts';

const OLDEST_MAJOR = 15;

/** What a connection string points at, without its password: "shop on db.example:5432". */
export function databaseLabel(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${decodeURIComponent(pathname.slice(1)) || '(default database)'} on ${hostname || 'localhost'}:${port || 5432}`;
}

/** Our environment, with what stands in files of its own. */
export function environment(): Record<string, string | undefined> {
  try {
    return withSecretFiles(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CommandError(error.message, { cause: error });
  }
}

/** Whom a connection string signs in as. */
export function databaseRole(url: string): string {
  return decodeURIComponent(new URL(url).username);
}

/**
 * Connects to the PostgreSQL that the operator named and reads its version.
 * @returns e.g. "16.4"
 * @throws CommandError that says what is wrong, and never shows the password.
 */
export async function checkOutsideDatabase(url: string): Promise<string> {
  let label: string;
  try {
    label = databaseLabel(url);
  } catch {
    throw new CommandError(
      'DATABASE_URL is no URL: it looks like postgres://user:password@host:5432/database',
    );
  }
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A connection that breaks later is an event of its own; the query tells what we need to know.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; number: string }>(
      `select current_setting('server_version') as version, current_setting('server_version_num') as number`,
    );
    const major = Math.floor(Number(rows[0]?.number) / 10_000);
    const version = rows[0]?.version.split(' ')[0] ?? 'unknown';
    if (major < OLDEST_MAJOR) {
      throw new CommandError(
        `DATABASE_URL (${label}) is PostgreSQL ${version}; ${OLDEST_MAJOR} or newer is needed`,
      );
    }
    return version;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`DATABASE_URL (${label}) ${reason(error as { code?: string; message: string })}`, {
      cause: error,
    });
  } finally {
    await client.end();
  }
}

function reason({ code, message }: { code?: string; message: string }): string {
  if (code === 'ECONNREFUSED') return 'refuses the connection: is it running, and does it listen there?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return "can't be found: the host name is unknown";
  if (code === '28P01' || code === '28000') return 'refuses the user or the password';
  if (code === '3D000') return 'has no such database: make it with createdb, owned by the user';
  if (message.includes('timeout')) return 'does not answer within 10 s: a firewall?';
  return `can't be used: ${message}`;
}
