import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { PERSONAL_TABLES } from '#server/personal-data.ts';
import { eraseRows } from './erase.ts';
import { rowsOf } from './person.ts';
import type { KeptTable } from './tables.ts';
import './tables.ts';

export type Kept = Selectable<KeptTable>;

/** The law's time for what stayed of somebody is over: it goes too. */
export async function keptErase(tx: Tx, ctx: Ctx, row: Kept): Promise<void> {
  const table = PERSONAL_TABLES.find((each) => each.table === row.kept);
  if (!table) throw new Error(`${row.kept} is no longer in the register of personal data`);
  const person = {
    brand: row.brand,
    userIds: row.user_ids,
    customerIds: row.customer_id ? [row.customer_id] : [],
    addresses: [],
  };
  const rows = await eraseRows(tx, ctx, table, rowsOf(table, person));
  await tx.updateTable('privacy_kept').set({ erased_at: ctx.now }).where('id', '=', row.id).execute();
  await auditRecord(tx, ctx, {
    action: 'privacy.kept-erased',
    subject: { kind: 'privacy-kept', id: row.id },
    customerId: row.customer_id,
    facts: { table: row.kept, law: row.law, rows },
  });
}
