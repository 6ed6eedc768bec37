import pg from 'pg';
import type { World } from '#server/world.ts';

/** What the processes may not do in a world's database: statistics of its tables, switching triggers. */
export async function asOwner({ ownerUrl }: World, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
