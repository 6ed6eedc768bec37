import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

const names = new Map<string, string>();

/**
 * Names a statement that each connection parses and plans once, for the few that are called thousands of times a
 * second. Returns the text, which is run with `CompiledQuery.raw(text, parameters)`.
 */
export function prepared(name: string, text: string): string {
  names.set(text, name);
  return text;
}

/** A pool as Kysely takes it, whose clients send such statements by their names. */
export function preparing(pool: pg.Pool): PostgresPool {
  // Kysely knows its connections by their clients, so each keeps the one it was given.
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    async connect() {
      const client = await pool.connect();
      const wrapped = known.get(client) ?? wrap(client);
      known.set(client, wrapped);
      return wrapped;
    },
    end: () => pool.end(),
  };
}

function wrap(client: pg.PoolClient): PostgresPoolClient {
  const query = (text: string, values: unknown[]) => {
    const name = names.get(text);
    return client.query(name === undefined ? { text, values } : { name, text, values });
  };
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: () => client.release(),
  };
}
