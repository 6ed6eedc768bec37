import type { Tx } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';

/** Has a day's bill fetched and compared, soon and once however many ask for it. */
export async function dayLook(tx: Tx, id: string): Promise<void> {
  await enqueue(tx, 'reconciliation.compare', { day: id }, { key: `reconcile:${id}`, maxAttempts: 3 });
}
