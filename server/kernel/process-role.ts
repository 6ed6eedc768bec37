import type pg from 'pg';

export interface ProcessRole {
  role: string;
  /** What goes of a person from rows that are otherwise never edited. */
  erases: readonly { table: string; columns: readonly string[] }[];
  /** Append-only tables whose rows are locked: PostgreSQL asks for `update` on a column, which their trigger goes on refusing. */
  locks: readonly string[];
}

/**
 * What the processes may do with a schema that isn't theirs: read and write rows. They make, change and drop no table,
 * switch no trigger off, empty no table at once, and where a table is append-only they can't even ask.
 * Done anew after each migration, in one transaction, while processes run.
 */
export async function grantProcesses(client: pg.Client, { role, erases, locks }: ProcessRole): Promise<void> {
  const to = client.escapeIdentifier(role);
  const { rows } = await client.query<{ member: boolean }>(
    `select pg_has_role($1, current_user, 'usage') as member`,
    [role],
  );
  if (rows[0]!.member)
    throw new Error(`${role} is, or acts as, the owner of the schema: it needs a role of its own`);
  await client.query('begin');
  try {
    await client.query(`
      revoke create on schema public from public;
      grant usage on schema public, graphile_worker to ${to};
      revoke all on all tables in schema public, graphile_worker from ${to};
      grant select, insert, update, delete on all tables in schema public, graphile_worker to ${to};
      grant usage, select on all sequences in schema public, graphile_worker to ${to};
      revoke insert, update, delete on kernel_migration, graphile_worker.migrations from ${to};`);
    for (const { table, act } of await refusedActs(client))
      await client.query(`revoke ${act} on ${client.escapeIdentifier(table)} from ${to}`);
    for (const { table, columns } of [
      ...erases,
      ...locks.map((name) => ({ table: name, columns: ['id'] })),
    ]) {
      const named = columns.map((column) => client.escapeIdentifier(column)).join(', ');
      await client.query(`grant update (${named}) on ${client.escapeIdentifier(table)} to ${to}`);
    }
    for (const table of await withoutPolicy(client))
      await client.query(
        `create policy granted on graphile_worker.${client.escapeIdentifier(table)} using (true) with check (true)`,
      );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** What a trigger refuses to everybody: `kernel_append_only` of migration 0001. */
export async function refusedActs(client: pg.Client): Promise<{ table: string; act: 'update' | 'delete' }[]> {
  // Bits of pg_trigger.tgtype.
  const { rows } = await client.query<{ table: string; act: 'update' | 'delete' }>(
    `select distinct relname as table, act from pg_trigger
      join pg_class on pg_class.oid = tgrelid
      cross join (values (8, 'delete'), (16, 'update')) as acts (bit, act)
    where tgfoid = 'kernel_append_only'::regproc and tgtype & bit = bit order by 1, 2`,
  );
  return rows;
}

/** The queue's tables have row security without a policy: only their owner would see a row. The grants decide here. */
async function withoutPolicy(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
    where relnamespace = 'graphile_worker'::regnamespace and relrowsecurity
      and not exists (select from pg_policy where polrelid = pg_class.oid)`,
  );
  return rows.map(({ name }) => name);
}
