import { databaseIsPrivate } from '#kernel/production.ts';
import { migrateFor } from '#server/schema.ts';
import { CommandError, command } from './command.ts';
import { databaseRole, environment } from './database.ts';

/** Brings an outside database up to date as its owner, and grants DATABASE_URL's role what the processes need. */
export const run = command({
  options: {},
  run: async () => {
    const { DATABASE_OWNER_URL: owner, DATABASE_URL: processes } = environment();
    if (!owner || !processes)
      throw new CommandError(
        'set DATABASE_OWNER_URL, which owns the schema, and DATABASE_URL, which the processes use',
      );
    if (process.env.CLOUDPACT_ENV === 'production' && !databaseIsPrivate(owner))
      throw new CommandError('DATABASE_OWNER_URL: another machine is reached by sslmode=verify-full alone');
    const applied = await migrateFor(databaseRole(processes), owner);
    process.stdout.write(
      `${applied.length === 0 ? 'Nothing was missing' : `Applied: ${applied.join(', ')}`}; ${databaseRole(processes)} may read and write rows.\n`,
    );
    return 0;
  },
});
