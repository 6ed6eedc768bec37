import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend, waysOf } from '#modules/notify/index.ts';
import { type ContactKind, contactInvalid } from '#modules/reach/index.ts';
import { acceptancesLatest, type Policy, policyOf } from '#modules/terms/index.ts';
import { correctBy, KIND_NAMES, otherWays } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A contact reaches nobody; `correctBy` null: the terms set no time. */
    'contact.invalid': ContactFault & { correctBy: Date | null };
    /** The time to correct it has passed; by `clause` the terms say what follows. */
    'contact.overdue': ContactFault & { clause: ClauseRef | null };
    /** It was set anew; `overdue`: after the time for it. */
    'contact.corrected': ContactFault & { overdue: boolean };
  }
}

export interface ContactFault {
  faultId: string;
  customerId: string;
  kind: ContactKind;
  /** What the customer was told of it. */
  notices: string[];
}

/** What holds for a customer apart from any service; null before it accepted anything. */
export async function policyOfCustomer(tx: Tx, customerId: string, at: Date): Promise<Policy | null> {
  const [latest] = await acceptancesLatest(tx, [customerId]);
  return latest ? policyOf(tx, latest, at) : null;
}

/**
 * A contact was found to reach nobody: it is marked, the customer is told by the other channels, and where the terms
 * give a time to correct it, it runs. Nothing happens while one of that kind is open already.
 */
export async function faultOpen(
  tx: Tx,
  ctx: Ctx,
  found: {
    customerId: string;
    kind: ContactKind;
    shown: string;
    detail: string;
    noticeId: string | null;
  },
): Promise<void> {
  const { customerId, kind, shown, detail, noticeId } = found;
  const policy = await policyOfCustomer(tx, customerId, ctx.now);
  const by = policy && correctBy(policy.parameters.contact, kind, ctx.now, ctx.brand.zone);
  const id = newId();
  const placed = await tx
    .insertInto('contacts_fault')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      kind,
      shown,
      found_at: ctx.now,
      notice_id: noticeId,
      detail,
      correct_by: by,
      state: 'open',
      ended_at: null,
      notices: [],
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (placed.numInsertedOrUpdatedRows === 0n) return;
  await contactInvalid(tx, ctx, { customerId, kind });
  const notice = await tell(tx, ctx, { id, customerId, kind, shown }, policy, by);
  await tx
    .updateTable('contacts_fault')
    .set({ notices: [notice] })
    .where('id', '=', id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'contact.invalid',
    subject: { kind: 'customer', id: customerId },
    customerId,
    ...(policy ? { clause: policy.clauseOf('contact') } : {}),
    facts: {
      kind,
      detail,
      correct_by: by?.toISOString() ?? null,
      before: { valid: true },
      after: { valid: false },
    },
    notices: [...(noticeId ? [noticeId] : []), notice],
  });
  const fault = { faultId: id, customerId, kind, notices: [notice] };
  await ctx.bus.emit(tx, ctx, 'contact.invalid', { ...fault, correctBy: by });
}

async function tell(
  tx: Tx,
  ctx: Ctx,
  fault: { id: string; customerId: string; kind: ContactKind; shown: string },
  policy: Policy | null,
  by: Date | null,
): Promise<string> {
  const customer = await customerRead(tx, fault.customerId);
  const { locale } = customer;
  const until = by && wallClock(by, ctx.brand.zone);
  const deadline = { zh: `请在 ${until} 前更正。`, en: `Correct it by ${until}. ` }[locale];
  return noticeSend(tx, ctx, {
    kind: 'contact-invalid',
    dedupe: `contact-invalid:${fault.id}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale },
    values: {
      contact: KIND_NAMES[fault.kind][locale],
      shown: fault.shown,
      deadline: until ? deadline : '',
      clause: policy?.parameters.contact.clause ?? '',
    },
    ways: otherWays(waysOf('contact-invalid', policy?.parameters ?? null), fault.kind),
  });
}

/** What of a customer's contacts is to be corrected by a certain time, and hasn't been. */
export function faultsAhead(db: Db | Tx, brand: string, customerId: string) {
  return db
    .selectFrom('contacts_fault')
    .select(['id', 'kind', 'correct_by'])
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where('state', '=', 'open')
    .where('correct_by', 'is not', null)
    .orderBy('correct_by')
    .execute();
}
