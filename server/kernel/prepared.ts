import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';

/** A text that came so often is named: each connection then parses and plans it once. */
const OFTEN = 5;
/** No statement on a table is as short. */
const WORDS_LENGTH = 20;
/** Plans take memory in each of PostgreSQL's processes, some 20 KiB each. */
const NAMES_LIMIT = 600;
/** Texts that are counted at once; those with lists of any length are without number. */
const COUNTED_LIMIT = 4_000;

/**
 * Names the statements that come again and again, so that PostgreSQL needn't read and plan them each time: a third of
 * its work on what customers do. It still plans anew when a table has changed its size or shape, and for the values at
 * hand where that is worth it (plan_cache_mode auto).
 */
export class StatementNames {
  readonly #counts = new Map<string, number>();
  readonly #names = new Map<string, string>();
  #given = 0;

  /** The name of a text, once it has one. */
  nameOf(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= NAMES_LIMIT) return name;
    const count = (this.#counts.get(text) ?? 0) + 1;
    if (count <= OFTEN) {
      if (this.#counts.size >= COUNTED_LIMIT) this.#counts.clear();
      this.#counts.set(text, count);
      return undefined;
    }
    this.#counts.delete(text);
    this.#given += 1;
    this.#names.set(text, `cp${this.#given}`);
    return this.#names.get(text);
  }

  /** After a migration beside which we ran: what was planned before gives other columns, so all get new names. */
  renew(): void {
    this.#names.clear();
  }
}

/** A statement was planned before a table that it reads got another shape; it says so once per name. */
export function isOutdatedPlan(error: unknown): boolean {
  return (
    error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery'
  );
}

/** A pool as Kysely takes it, whose clients name what they send often. */
export function preparing(pool: pg.Pool): PostgresPool {
  const names = new StatementNames();
  // Kysely knows its connections by their clients, so each keeps the one it was given.
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    async connect() {
      const client = await pool.connect();
      const wrapped = known.get(client) ?? wrap(client, names);
      known.set(client, wrapped);
      return wrapped;
    },
    end: () => pool.end(),
  };
}

function wrap(client: pg.PoolClient, names: StatementNames): PostgresPoolClient {
  const query = async (text: string, values: unknown[]) => {
    // Words like begin and commit are sent as one plain message, which costs least.
    const name = text.length < WORDS_LENGTH ? undefined : names.nameOf(text);
    if (name === undefined) return client.query(text, values);
    try {
      return await client.query({ name, text, values });
    } catch (error) {
      if (isOutdatedPlan(error)) names.renew();
      throw error;
    }
  };
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: () => client.release(),
  };
}
