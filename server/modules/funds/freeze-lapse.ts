import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { freezeHold } from './freeze-decide.ts';
import './tables.ts';

/** No appeal came in time: the money stays frozen for long (亚云 5.4), and the customer is told. Returns how many. */
export async function freezesLapse(tx: Tx, ctxOf: (brand: string) => Ctx, now: Date): Promise<number> {
  const due = await tx
    .selectFrom('funds_freeze')
    .selectAll()
    .where('state', '=', 'frozen')
    .where('appeal_until', '<=', now)
    .orderBy('appeal_until')
    .limit(100)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const freeze of due) await freezeHold(tx, ctxOf(freeze.brand), freeze, 'no appeal in time');
  return due.length;
}
