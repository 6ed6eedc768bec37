import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend, waysOf } from '#modules/notify/index.ts';
import type { ContactKind } from '#modules/reach/index.ts';
import { policyOfCustomer } from './fault-open.ts';
import { KIND_NAMES, otherWays } from './rules.ts';
import './tables.ts';

/** The customer set a contact of that kind anew. */
export async function faultCorrect(
  tx: Tx,
  ctx: Ctx,
  set: { customerId: string; kind: ContactKind },
): Promise<void> {
  const fault = await tx
    .selectFrom('contacts_fault')
    .selectAll()
    .where('customer_id', '=', set.customerId)
    .where('kind', '=', set.kind)
    .where('state', '<>', 'corrected')
    .forUpdate()
    .executeTakeFirst();
  if (!fault) return;
  await tx
    .updateTable('contacts_fault')
    .set({ state: 'corrected', ended_at: ctx.now })
    .where('id', '=', fault.id)
    .execute();
  const overdue = fault.state === 'overdue';
  const { id: faultId, customer_id: customerId, kind, notices } = fault;
  await auditRecord(tx, ctx, {
    action: 'contact.corrected',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { kind, found_at: fault.found_at.toISOString(), overdue },
    notices,
  });
  await ctx.bus.emit(tx, ctx, 'contact.corrected', { faultId, customerId, kind, notices, overdue });
}

const BATCH = 100;

/** Faults whose time has passed: told once more, on record with the clause, and left to the rooms above. Returns how many. */
export async function faultsOverdue(tx: Tx, ctx: Ctx): Promise<number> {
  const due = await tx
    .selectFrom('contacts_fault')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('state', '=', 'open')
    .where('correct_by', '<=', ctx.now)
    .orderBy('correct_by')
    .limit(BATCH)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const fault of due) {
    const { id: faultId, customer_id: customerId, kind, shown, correct_by } = fault;
    const policy = await policyOfCustomer(tx, customerId, ctx.now);
    const clause = policy?.clauseOf('contact') ?? null;
    const customer = await customerRead(tx, customerId);
    const notice = await noticeSend(tx, ctx, {
      kind: 'contact-overdue',
      dedupe: `contact-overdue:${faultId}`,
      to: { customerId, userId: customer.user_id, email: customer.email, locale: customer.locale },
      values: {
        contact: KIND_NAMES[kind][customer.locale],
        shown,
        until: wallClock(correct_by!, ctx.brand.zone),
        clause: clause?.clause ?? '',
      },
      ways: otherWays(waysOf('contact-overdue', policy?.parameters ?? null), kind),
    });
    const notices = [...fault.notices, notice];
    await tx
      .updateTable('contacts_fault')
      .set({ state: 'overdue', notices })
      .where('id', '=', faultId)
      .execute();
    await auditRecord(tx, ctx, {
      action: 'contact.overdue',
      subject: { kind: 'customer', id: customerId },
      customerId,
      ...(clause ? { clause } : {}),
      facts: { kind, found_at: fault.found_at.toISOString(), correct_by: correct_by!.toISOString() },
      notices,
    });
    await ctx.bus.emit(tx, ctx, 'contact.overdue', { faultId, customerId, kind, notices, clause });
  }
  return due.length;
}
