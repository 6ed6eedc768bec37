import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import './tables.ts';

export interface AuditFilter {
  brand: string;
  customerId?: string | undefined;
  subjectId?: string | undefined;
  before?: string | undefined;
}

/** Newest first; one row more than a page, so that the reader knows whether there are more. */
export function auditList(db: Db | Tx, filter: AuditFilter) {
  return db
    .selectFrom('audit_event')
    .selectAll()
    .where('brand', '=', filter.brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.subjectId !== undefined, (q) => q.where('subject_id', '=', filter.subjectId!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', BigInt(filter.before!)))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}
