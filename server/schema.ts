import { migrate } from '#kernel/migrate.ts';
import { PERSONAL_TABLES } from './personal-data.ts';

/** Brings the schema up to date as its owner, and gives the processes' role what they need of it. */
export function migrateFor(role: string, ownerUrl: string): Promise<string[]> {
  const erases = PERSONAL_TABLES.flatMap(({ table, erase }) =>
    'set' in erase ? [{ table, columns: Object.keys(erase.set) }] : [],
  );
  return migrate(ownerUrl, { role, erases });
}
