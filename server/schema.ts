import { migrate } from '#kernel/migrate.ts';
import { PERSONAL_TABLES } from './personal-data.ts';

/** One credit note, one tax invoice, one payment of an invoice at a time. */
const LOCKED = ['invoicing_invoice'];

/** Brings the schema up to date as its owner, and gives the processes' role what they need of it. */
export function migrateFor(role: string, ownerUrl: string): Promise<string[]> {
  const erases = PERSONAL_TABLES.flatMap(({ table, erase }) =>
    'set' in erase ? [{ table, columns: Object.keys(erase.set) }] : [],
  );
  return migrate(ownerUrl, { role, erases, locks: LOCKED });
}
