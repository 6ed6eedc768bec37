import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { type Freeze, tell } from './account-row.ts';
import { endClause, eraseClause } from './policy.ts';
import type { CertificateFacts } from './tables.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /**
     * The data of a subject that has ended is to go for good. The room that holds it calls `take` with its name in this
     * transaction, erases in a job of its own, and says by `subjectErased` what is really gone.
     */
    'subject.erase': {
      erasureId: string;
      customerId: string;
      product: string;
      name: string;
      clause: ClauseRef;
      take: (room: string) => void;
    };
  }
}

/** The time is over for which an ended account's data was kept: whoever holds some is asked to erase it. */
export async function accountErase(tx: Tx, ctx: Ctx, freeze: Freeze): Promise<void> {
  const clause = eraseClause(await policyFor(tx, ctx, freeze));
  const waiting = await tx
    .selectFrom('arrears_erasure')
    .selectAll()
    .where('freeze_id', '=', freeze.id)
    .where('asked_at', 'is', null)
    .orderBy('id')
    .execute();
  for (const { id: erasureId, product, name } of waiting) {
    const held: { by: string | null } = { by: null };
    const take = (room: string) => {
      if (held.by) throw new Error(`both ${held.by} and ${room} hold the data of ${product} ${name}`);
      held.by = room;
    };
    await ctx.bus.emit(tx, ctx, 'subject.erase', {
      erasureId,
      customerId: freeze.customer_id,
      product,
      name,
      clause,
      take,
    });
    await tx
      .updateTable('arrears_erasure')
      .set({ asked_at: ctx.now, held_by: held.by })
      .where('id', '=', erasureId)
      .execute();
    if (!held.by) await noted(tx, ctx, erasureId, NOTHING_HELD);
  }
  // Asked once: what a room takes long for is waited for by its answers.
  await certify(tx, ctx, freeze);
}

/** What a certificate says where no room of this deployment ever held data of a subject: it was measured only. */
const NOTHING_HELD = { objects: 0, bytes: '0', stored_here: false };

/** A room says what it erased; when the last has, the certificate is issued. The same answer again changes nothing. */
export async function subjectErased(
  tx: Tx,
  ctx: Ctx,
  answer: { erasureId: string; facts: Record<string, unknown> },
): Promise<void> {
  const row = await tx
    .selectFrom('arrears_erasure')
    .select('freeze_id')
    .where('id', '=', answer.erasureId)
    .executeTakeFirstOrThrow();
  const freeze = await tx
    .selectFrom('arrears_freeze')
    .selectAll()
    .where('id', '=', row.freeze_id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await noted(tx, ctx, answer.erasureId, answer.facts);
  await certify(tx, ctx, freeze);
}

async function noted(tx: Tx, ctx: Ctx, erasureId: string, facts: Record<string, unknown>): Promise<void> {
  await tx
    .updateTable('arrears_erasure')
    .set({ erased_at: ctx.now, facts: JSON.stringify(facts) })
    .where('id', '=', erasureId)
    .where('erased_at', 'is', null)
    .where('asked_at', 'is not', null)
    .execute();
}

function policyFor(tx: Tx, ctx: Ctx, freeze: Freeze) {
  const { customer_id: customerId, acceptance_id: acceptanceId } = freeze;
  return policyOf(tx, { customerId, serviceId: null, acceptanceId }, ctx.now);
}

/** Once all of it is gone: what was erased, when, by which clause, after which notices. */
async function certify(tx: Tx, ctx: Ctx, freeze: Freeze): Promise<void> {
  const erasures = await tx
    .selectFrom('arrears_erasure')
    .selectAll()
    .where('freeze_id', '=', freeze.id)
    .orderBy('id')
    .execute();
  if (freeze.erased_at || erasures.some(({ erased_at }) => erased_at === null)) return;
  const policy = await policyFor(tx, ctx, freeze);
  const { customer_id: customerId } = freeze;
  const facts: CertificateFacts = {
    frozen_at: freeze.frozen_at.toISOString(),
    ended_at: freeze.ended_at!.toISOString(),
    end_clause: cited(endClause(policy)),
    erase_clause: cited(eraseClause(policy)),
    notices: freeze.notices,
    erased: erasures.map((row) => ({
      product: row.product,
      name: row.name,
      closed_at: row.closed_at.toISOString(),
      erased_at: row.erased_at!.toISOString(),
      held_by: row.held_by,
      facts: row.facts!,
    })),
  };
  const id = newId();
  await tx
    .insertInto('arrears_certificate')
    .values({
      id,
      brand: ctx.brand.id,
      freeze_id: freeze.id,
      customer_id: customerId,
      facts: JSON.stringify(facts),
      issued_at: ctx.now,
    })
    .execute();
  const notice = await tell(tx, ctx, customerId, {
    kind: 'account-erased',
    dedupe: `account-erased:${freeze.id}`,
    values: { count: erasures.length, erase_clause: eraseClause(policy).clause },
  });
  await tx.updateTable('arrears_freeze').set({ erased_at: ctx.now }).where('id', '=', freeze.id).execute();
  await auditRecord(tx, ctx, {
    action: 'account.erased',
    subject: { kind: 'customer', id: customerId },
    customerId,
    clause: eraseClause(policy),
    facts: { certificate: id, subjects: erasures.length, ended_at: freeze.ended_at!.toISOString() },
    notices: [...freeze.notices, notice],
  });
}

function cited({ clause, version, sha256 }: ClauseRef) {
  return { clause, version, sha256 };
}
