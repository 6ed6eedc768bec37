import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { amountOut, id, instant, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { serviceWorth } from '#modules/billing/index.ts';
import {
  policyOn,
  type Service,
  serviceEndOf,
  serviceHolds,
  serviceIsEndable,
} from '#modules/lifecycle/index.ts';
import { clauseShown, policyOf } from '#modules/terms/index.ts';
import { certificateOf } from './certificate-read.ts';
import './tables.ts';

const clause = z.object({ id: z.string(), version: z.string(), title: localized });

/** What a service’s page tells beyond its state: holds, an end that is announced or proposed, what became of its data. */
export const lifeShown = z.object({
  state: z.enum(['preparing', 'active', 'suspended', 'ended', 'deleted', 'failed']),
  /** What keeps it from running, whatever is paid. */
  holds: z.array(
    z.object({ cause: z.enum(['case', 'arrears', 'authority']), reason: z.string(), since: instant, clause }),
  ),
  announced: z.object({ at: instant, reason: z.string() }).nullable(),
  proposal: z
    .object({ id, refund: amountOut, reason: z.string(), proposed_at: instant, expires_at: instant })
    .nullable(),
  end: z
    .object({
      by: z.enum(['customer', 'agreement', 'breach', 'provider', 'arrears', 'expiry']),
      at: instant,
      reason: z.string().nullable(),
      refunded: amountOut,
      clause,
      erase_at: instant,
      erase_clause: clause,
    })
    .nullable(),
  /** For copying data out while it is kept; null where the terms don’t promise it, or the service hasn’t ended. */
  read_out: z.object({ hours: z.number(), open_until: instant.nullable(), used: z.boolean() }).nullable(),
  /** Of erasure; null until everything was seen to be gone. */
  certificate: z.object({ number: z.string(), issued_at: instant }).nullable(),
  /** What staff may do. */
  may: z.object({ end_by_notice: z.boolean(), end_by_breach: z.boolean(), propose: z.boolean() }),
  /** What isn’t consumed of what was paid. */
  left: amountOut,
});

export async function lifeOf(db: Db, ctx: Ctx, service: Service): Promise<z.infer<typeof lifeShown>> {
  const [holds, end, certificate, announced, proposal] = await Promise.all([
    serviceHolds(db, service.id),
    serviceEndOf(db, service.id),
    certificateOf(db, service.id),
    db
      .selectFrom('lifecycle_ending')
      .select(['end_at', 'reason'])
      .where('service_id', '=', service.id)
      .where('done_at', 'is', null)
      .executeTakeFirst(),
    db
      .selectFrom('lifecycle_proposal')
      .selectAll()
      .where('service_id', '=', service.id)
      .where('state', '=', 'waiting')
      .where('expires_at', '>', ctx.now)
      .executeTakeFirst(),
  ]);
  const policy = await policyOf(db, policyOn(service), end?.ended_at ?? ctx.now);
  const named = (clauseId: string, version: string) => ({
    ...clauseShown(policy.version, clauseId),
    version,
  });
  const endable = serviceIsEndable(service);
  const hours = policy.parameters.retention?.read_out_hours;
  return {
    state: service.state,
    holds: holds.map((hold) => ({
      cause: hold.cause,
      reason: hold.reason,
      since: hold.placed_at.toISOString(),
      clause: named(hold.clause_id, hold.clause_version),
    })),
    announced: announced && endable ? { at: announced.end_at.toISOString(), reason: announced.reason } : null,
    proposal:
      proposal && endable
        ? {
            id: proposal.id,
            refund: formatYuan(proposal.refund_micro),
            reason: proposal.reason,
            proposed_at: proposal.proposed_at.toISOString(),
            expires_at: proposal.expires_at.toISOString(),
          }
        : null,
    end: end
      ? {
          by: end.by,
          at: end.ended_at.toISOString(),
          reason: end.reason,
          refunded: formatYuan(end.refunded_micro),
          clause: named(end.clause_id, end.clause_version),
          erase_at: end.erase_at.toISOString(),
          erase_clause: named(end.erase_clause_id, end.erase_clause_version),
        }
      : null,
    read_out:
      service.state === 'ended' && hours
        ? {
            hours,
            open_until: service.read_out_until?.toISOString() ?? null,
            used: end?.read_out_at != null,
          }
        : null,
    certificate: certificate
      ? { number: certificate.number, issued_at: certificate.issuedAt.toISOString() }
      : null,
    may: {
      end_by_notice: endable && policy.parameters.provider_end !== undefined,
      end_by_breach: endable && policy.parameters.breach_end !== undefined,
      propose: endable,
    },
    left: formatYuan(endable ? await serviceWorth(db, service.id, ctx.now, service.customer_id) : 0n),
  };
}
