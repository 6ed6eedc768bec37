import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import './tables.ts';

export interface AuditFilter {
  brand: string;
  customerId?: string | undefined;
  subjectId?: string | undefined;
  before?: string | undefined;
}

/** What customers look for in their own part. */
export interface OwnFilter {
  brand: string;
  customerId: string;
  before?: string | undefined;
  /** Who did it: people of the customer (also by keys), staff, or the system. */
  by?: 'member' | 'staff' | 'system' | undefined;
  userId?: string | undefined;
  /** One action, or all of what stands before the dot. */
  action?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  /** Only what was done to these; null: everything. */
  services: readonly string[] | null;
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

/**
 * SQL on `t`: what of a customer's part is for its eyes. Not the office's own steps, who reported it, nor what the law
 * forbids to tell.
 */
export const OWN_PART = `not t.facts @> '{"told": false}' and t.action <> 'case.opened'
  and t.action not like all ('{approval.%,authority.%,report.%,review.%}'::text[])`;

/** A customer's own part of the record, newest first, a page and one more. */
export function ofCustomer(db: Db | Tx, filter: OwnFilter) {
  const { by, services } = filter;
  return db
    .selectFrom('audit_event as t')
    .select(['id', 'at', 'actor_kind', 'actor_id', 'action', 'subject_kind', 'subject_id', 'facts'])
    .select(['clause_id', 'clause_version', 'ip', 'session_id', 'key_id', 'behalf_staff_id'])
    .where('brand', '=', filter.brand)
    .where('customer_id', '=', filter.customerId)
    .where(sql<boolean>`${sql.raw(OWN_PART)}`)
    .$if(filter.before !== undefined, (q) => q.where('id', '<', BigInt(filter.before!)))
    .$if(by === 'member', (q) => q.where('actor_kind', '=', 'customer').where('behalf_staff_id', 'is', null))
    .$if(by === 'staff', (q) =>
      q.where((e) => e.or([e('actor_kind', '=', 'staff'), e('behalf_staff_id', 'is not', null)])),
    )
    .$if(by === 'system', (q) => q.where('actor_kind', '=', 'system'))
    .$if(filter.userId !== undefined, (q) => q.where('actor_id', '=', filter.userId!))
    .$if(filter.action !== undefined, (q) =>
      q.where((e) => e.or([e('action', '=', filter.action!), e('action', 'like', `${filter.action}.%`)])),
    )
    .$if(filter.from !== undefined, (q) => q.where('at', '>=', filter.from!))
    .$if(filter.to !== undefined, (q) => q.where('at', '<', filter.to!))
    .$if(services !== null, (q) =>
      q.where('subject_kind', '=', 'service').where('subject_id', 'in', [...services!, '']),
    )
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export interface AuditSpan {
  brand: string;
  customerId: string;
  from: Date;
  to: Date;
}

function inSpan(db: Db | Tx, { brand, customerId, from, to }: AuditSpan) {
  return db
    .selectFrom('audit_event')
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where('at', '>=', from)
    .where('at', '<', to);
}

/** Everything on record about a customer in a span, oldest first, no more than `most`. */
export function auditSpan(tx: Tx, { most, ...span }: AuditSpan & { most: number }) {
  return inSpan(tx, span).selectAll().orderBy('id').limit(most).execute();
}

export async function auditCount(tx: Tx, span: AuditSpan): Promise<number> {
  const { count } = await inSpan(tx, span)
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
