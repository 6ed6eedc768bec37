import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, violated } from '#kernel/db.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerFind } from '#modules/identity/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import { metersOf } from './meter-read.ts';
import { problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A customer's usage of something begins; who listens may refuse it. */
    'usage-subject.opened': { customerId: string; product: string; name: string };
  }
}

export interface SubjectRef {
  product: string;
  /** As events name it: a bucket, a domain, a stream. */
  name: string;
}

/**
 * From now on usage of this subject is the customer's, under the terms that it accepted last. Throws
 * `metered-not-agreed` when those know no metered usage, `subject-taken` when it is somebody's already, and what rooms
 * above refuse: an account that is frozen or ended opens nothing new.
 */
export async function subjectOpen(
  tx: Tx,
  ctx: Ctx,
  input: SubjectRef & { customerId: string },
): Promise<{ no: number }> {
  const meters = await metersOf(tx, ctx.brand.id);
  if (!meters.some(({ product }) => product === input.product)) throw problem['metered-product-unknown']();
  if (!(await customerFind(tx, ctx.brand.id, input.customerId))) throw common['not-found']();
  const terms = await acceptanceLatest(tx, input.customerId);
  if (!terms?.parameters.metered) throw problem['metered-not-agreed']();
  try {
    const row = await tx
      .insertInto('metering_subject')
      .values({
        brand: ctx.brand.id,
        product: input.product,
        name: input.name,
        customer_id: input.customerId,
        acceptance_id: terms.acceptanceId,
        opened_at: ctx.now,
        closed_at: null,
      })
      .returning('no')
      .executeTakeFirstOrThrow();
    await auditRecord(tx, ctx, {
      action: 'usage-subject.opened',
      subject: { kind: 'usage-subject', id: String(row.no) },
      customerId: input.customerId,
      clause: terms.clauseOf('metered'),
      facts: { product: input.product, name: input.name },
    });
    await ctx.bus.emit(tx, ctx, 'usage-subject.opened', input);
    return row;
  } catch (error) {
    if (violated(error) === 'metering_subject_open_once') throw problem['subject-taken']();
    throw error;
  }
}

/** The subject is gone: its levels are zero from now on, and what it used until now is still charged. */
export async function subjectClose(tx: Tx, ctx: Ctx, ref: SubjectRef): Promise<void> {
  const row = await tx
    .selectFrom('metering_subject')
    .select(['no', 'customer_id'])
    .where('brand', '=', ctx.brand.id)
    .where('product', '=', ref.product)
    .where('name', '=', ref.name)
    .where('closed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw common['not-found']();
  await tx.updateTable('metering_subject').set({ closed_at: ctx.now }).where('no', '=', row.no).execute();
  await auditRecord(tx, ctx, {
    action: 'usage-subject.closed',
    subject: { kind: 'usage-subject', id: String(row.no) },
    customerId: row.customer_id,
    facts: { product: ref.product, name: ref.name },
  });
}

export function subjectsOf(db: Db | Tx, brand: string, filter: { customerId?: string | undefined }) {
  return db
    .selectFrom('metering_subject')
    .select(['product', 'name', 'customer_id', 'opened_at', 'closed_at'])
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .orderBy('no', 'desc')
    .limit(1_000)
    .execute();
}

/** What this customer's usage is of now. */
export function subjectsOpen(db: Db | Tx, brand: string, customerId: string): Promise<SubjectRef[]> {
  return db
    .selectFrom('metering_subject')
    .select(['product', 'name'])
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where('closed_at', 'is', null)
    .orderBy('no')
    .execute();
}
