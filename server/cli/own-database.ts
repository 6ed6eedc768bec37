import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '#server/local/postgres.ts';
import { CommandError } from './command.ts';
import { environment } from './database.ts';
import { DATABASE } from './run.ts';

/** That of the environment, else that of the data directory, started for the moment when it doesn't run. */
export async function openDatabase(dataDir: string): Promise<{ url: string; close(): Promise<void> }> {
  const outside = environment().DATABASE_URL;
  if (outside) return { url: outside, close: async () => undefined };
  const dir = join(dataDir, 'postgres');
  if (!existsSync(dir)) throw new CommandError(`nothing was ever started on ${dataDir}`);
  const postgres = await startPostgres({ dir, leaves: 'data', log: () => undefined });
  return {
    url: postgres.processesUrl(DATABASE),
    close: async () => (postgres.adopted ? undefined : postgres.stop()),
  };
}
