import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { isCreditCode, problem } from './rules.ts';
import './tables.ts';

export interface NewTitle {
  kind: 'person' | 'company';
  name: string;
  taxNumber: string | null;
  address: string | null;
  phone: string | null;
  bank: string | null;
  bankAccount: string | null;
}

/** A title (抬头) to make tax invoices out to. Throws `tax-number-invalid`, `title-incomplete`. */
export async function titleAdd(tx: Tx, ctx: Ctx, customerId: string, title: NewTitle): Promise<string> {
  const taxNumber = title.taxNumber?.toUpperCase() ?? null;
  if ((title.kind === 'company') !== (taxNumber !== null)) throw problem['title-incomplete']();
  if (taxNumber !== null && !isCreditCode(taxNumber)) throw problem['tax-number-invalid']();
  const id = newId();
  await tx
    .insertInto('documents_title')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      kind: title.kind,
      name: title.name,
      tax_number: taxNumber,
      address: title.address,
      phone: title.phone,
      bank: title.bank,
      bank_account: title.bankAccount,
      created_at: ctx.now,
      removed_at: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'title.added',
    subject: { kind: 'title', id },
    customerId,
    facts: { kind: title.kind },
  });
  return id;
}

/** It isn't offered any more; what was made out to it stays. */
export async function titleRemove(tx: Tx, ctx: Ctx, customerId: string, id: string): Promise<void> {
  const removed = await tx
    .updateTable('documents_title')
    .set({ removed_at: ctx.now })
    .where('id', '=', id)
    .where('customer_id', '=', customerId)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (removed.numUpdatedRows === 0n) throw kernelProblem['not-found']();
  const subject = { kind: 'title', id };
  await auditRecord(tx, ctx, { action: 'title.removed', subject, customerId });
}

export async function titleOf(tx: Tx, customerId: string, id: string) {
  const title = await tx
    .selectFrom('documents_title')
    .selectAll()
    .where('id', '=', id)
    .where('customer_id', '=', customerId)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (!title) throw kernelProblem['not-found']();
  return title;
}

export function titleList(db: Db | Tx, customerId: string) {
  return db
    .selectFrom('documents_title')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('removed_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
}
