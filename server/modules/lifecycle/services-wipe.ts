import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord, auditRecordAll, type ClauseRef, clauseKept } from '#modules/audit/index.ts';
import { acceptedThen, type Policy, policiesOf } from '#modules/terms/index.ts';
import { expiryBy, keptAfterGrace, transition } from './rules.ts';
import { policyOn, remindersOf, type Service, sent, serviceSet, servicesChanged } from './service-row.ts';
import { dataGoes, keptAfter, servicesEnded } from './services-ended.ts';
import './tables.ts';

/** The grace of locked services is over, or the time for which their data was kept. */
export async function servicesWipe(tx: Tx, ctx: Ctx, due: readonly Service[]): Promise<void> {
  const over = due.filter(({ delete_at }) => delete_at !== null && delete_at <= ctx.now);
  await graceOver(
    tx,
    ctx,
    over.filter(({ state }) => state === 'suspended'),
  );
  await retentionOver(
    tx,
    ctx,
    over.filter(({ state }) => state === 'ended'),
  );
}

/** Deleted for good, without a further notice, where the terms say so; else ended, and the data kept as they promise. */
async function graceOver(tx: Tx, ctx: Ctx, services: readonly Service[]): Promise<void> {
  const policies = await promised(tx, ctx, services);
  const reminders = await remindersOf(tx, services);
  await servicesEnded(
    tx,
    ctx,
    services.map((service, i) => {
      const policy = policies[i]!;
      const { parameters } = policy;
      return {
        service,
        by: 'expiry' as const,
        clause: policy.clauseOf(expiryBy(parameters)),
        reason: null,
        refunded: 0n,
        kept: keptAfterGrace(parameters, ctx.now, ctx.brand.zone) && keptAfter(ctx, policy),
        facts: {
          unpaid_from: service.period_end,
          suspended_at: service.suspended_at,
          grace_ended_at: service.delete_at,
        },
        notices: sent(reminders.get(service.id)),
      };
    }),
  );
}

/**
 * What held as each was suspended and its customer was told what follows: neither a contract that ran out in the grace nor
 * a version that was accepted in it changes that.
 */
async function promised(tx: Tx, ctx: Ctx, services: readonly Service[]): Promise<Policy[]> {
  const then = services.map((service) => ({ ...policyOn(service), at: service.suspended_at! }));
  return policiesOf(tx, await acceptedThen(tx, then), ctx.now);
}

/** The time is over; the clause is that which the customer was told at the end. */
async function retentionOver(tx: Tx, ctx: Ctx, services: readonly Service[]): Promise<void> {
  if (services.length === 0) return;
  const ids = services.map(({ id }) => id);
  const ends = await tx
    .selectFrom('lifecycle_end')
    .select(['service_id', 'brand', 'by', 'ended_at', 'notices'])
    .select(['erase_clause_id', 'erase_clause_version', 'erase_clause_hash'])
    .where('service_id', '=', sql<string>`any(${ids}::uuid[])`)
    .execute();
  const endOf = new Map(ends.map((end) => [end.service_id, end]));
  await tx
    .updateTable('lifecycle_service')
    .set({ state: transition('ended', 'wiped')!, delete_at: null, deleted_at: ctx.now, read_out_until: null })
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .execute();
  await servicesChanged(tx, ids);
  await auditRecordAll(
    tx,
    ctx,
    services.map((service) => {
      const end = endOf.get(service.id)!;
      const { brand, erase_clause_id, erase_clause_version, erase_clause_hash } = end;
      return {
        action: 'service.deleted',
        subject: { kind: 'service', id: service.id },
        customerId: service.customer_id,
        clause: clauseKept({
          ...{ brand, clause_id: erase_clause_id },
          ...{ clause_version: erase_clause_version, clause_hash: erase_clause_hash },
        }),
        facts: { by: end.by, ended_at: end.ended_at, kept_until: service.delete_at },
        notices: end.notices,
      };
    }),
  );
  await dataGoes(tx, ctx, services);
}

/** The data of an ended service goes before its time: a breach, an order that leaves no choice. */
export async function keptWipe(
  tx: Tx,
  ctx: Ctx,
  service: Service,
  by: { clause: ClauseRef; reason: string; notices: string[] },
): Promise<void> {
  const { clause, reason, notices } = by;
  await serviceSet(tx, service, {
    state: transition(service.state, 'wiped')!,
    delete_at: null,
    deleted_at: ctx.now,
    read_out_until: null,
  });
  await tx
    .updateTable('lifecycle_end')
    .set((e) => ({
      erase_at: ctx.now,
      erase_clause_id: clause.clause,
      erase_clause_version: clause.version,
      erase_clause_hash: clause.sha256,
      notices: sql<string[]>`${e.ref('notices')} || ${notices}::uuid[]`,
    }))
    .where('service_id', '=', service.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'service.deleted',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause,
    facts: { reason, ended_at: service.ended_at, kept_until: service.delete_at },
    notices,
  });
  await dataGoes(tx, ctx, [service]);
}
