import { z } from 'zod';
import { transact } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { enqueue, type JobTable } from '#kernel/jobs.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { addMinutes } from '#kernel/time.ts';
import { nextAsk } from './rules.ts';
import { taxInvoiceAdvance } from './tax-invoice-advance.ts';
import './driver.ts';
import './tables.ts';

const payload = z.object({ id: z.uuid() });

export function jobs(house: House): JobTable {
  return {
    'documents.tax-invoice': (raw) => taxInvoiceAdvance(house, payload.parse(raw).id),
  };
}

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'documents.tax-invoices',
      everySeconds: 30,
      nextDue: earliest('documents_tax_invoice', 'query_at'),
      run: (now) =>
        transact(house.db, async (tx) => {
          const due = await tx
            .selectFrom('documents_tax_invoice')
            .select(['id', 'queries'])
            .where('query_at', '<=', now)
            .orderBy('query_at')
            .limit(200)
            .forUpdate()
            .skipLocked()
            .execute();
          for (const { id, queries } of due) {
            await tx
              .updateTable('documents_tax_invoice')
              .set({ queries: queries + 1, query_at: addMinutes(now, nextAsk(queries)) })
              .where('id', '=', id)
              .execute();
            await enqueue(tx, 'documents.tax-invoice', { id }, { key: `tax-invoice:${id}`, maxAttempts: 3 });
          }
          return due.length;
        }),
    },
  ];
}
