import pg from 'pg';

/** A table that a run has written to, and which of its rows that were. */
export interface Written {
  table: string;
  where: string;
  /** Instead of being new, the rows were there: these assignments are made to them. */
  update?: string;
}

/**
 * The ceiling of such a run: how long PostgreSQL takes, in seconds, to write the very rows again into tables of the same
 * columns and indexes that have no triggers and no foreign keys, over as many connections, each with its share.
 */
export async function bareSeconds(
  ownerUrl: string,
  written: readonly Written[],
  connections: number,
): Promise<number> {
  const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString: ownerUrl }));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    const owner = first(clients);
    await owner.query('create schema bare');
    const shares: string[][] = [];
    for (const one of written) shares.push(await prepared(owner, one, connections));
    const began = performance.now();
    await Promise.all(
      clients.map(async (client, i) => {
        for (const share of shares) await client.query(share[i]!);
      }),
    );
    return (performance.now() - began) / 1_000;
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

const first = <T>(list: readonly T[]): T => list[0]!;

/** Makes the bare table; the statements that write to it, one for each connection. */
async function prepared(client: pg.Client, { table, where, update }: Written, parts: number) {
  await client.query(`create table bare.${table} (like ${table} including all)`);
  const columns = first(
    (
      await client.query<{ names: string }>(
        `select string_agg(quote_ident(column_name), ', ' order by ordinal_position) as names
          from information_schema.columns
          where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`,
        [table],
      )
    ).rows,
  ).names;
  const copy = (from: string) =>
    `insert into bare.${table} (${columns}) overriding system value select ${columns} from ${table} where ${where} ${from}`;
  if (update) await client.query(copy(''));
  const source = update ? `bare.${table}` : table;
  const { rows } = await client.query<{ pages: number }>(
    `select (pg_relation_size('${source}') / current_setting('block_size')::int)::int as pages`,
  );
  const { pages } = first(rows);
  const bound = (part: number) => `'(${Math.round((pages * part) / parts)},0)'`;
  return Array.from({ length: parts }, (_, i) => {
    const range = `ctid >= ${bound(i)} and ctid < ${bound(i + 1)}`;
    return update ? `update bare.${table} set ${update} where ${range}` : copy(`and ${range}`);
  });
}
