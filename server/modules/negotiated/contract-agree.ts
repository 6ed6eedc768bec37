import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { addDays, fromWallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { acceptanceLatest, layerAdd } from '#modules/terms/index.ts';
import { type Contract, contractLock } from './contract-row.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** A second member of the staff agreed: from its first day, and never before now, the contract holds. */
export async function contractAgree(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const contract = await contractLock(tx, ctx, id);
  if (contract.state !== 'waiting') throw problem['service-contract-over']();
  const { from, to } = instants(contract, ctx.brand.zone);
  if (to !== null && to <= ctx.now) throw problem['service-contract-dates']({ from: contract.valid_from });
  const layerId = await layer(tx, ctx, contract, { from, to });
  await tx
    .updateTable('negotiated_contract')
    .set({ state: 'agreed', decided_at: ctx.now, layer_id: layerId })
    .where('id', '=', id)
    .execute();
  await tell(tx, ctx, contract, 'agreed', null);
}

/** Throws `service-contract-service` where the service has passed to another customer while it waited. */
async function layer(tx: Tx, ctx: Ctx, contract: Contract, days: { from: Date; to: Date | null }) {
  try {
    return await layerAdd(tx, ctx, {
      layer: contract.kind,
      customerId: contract.customer_id,
      serviceId: contract.service_id,
      number: contract.number,
      sha256: contract.sha256,
      title: { zh: contract.title, en: contract.title },
      parameters: contract.parameters,
      clauses: contract.clauses,
      fromAt: days.from,
      toAt: days.to,
    });
  } catch (error) {
    if (violated(error) === 'terms_service_own') throw problem['service-contract-service']();
    throw error;
  }
}

/** Refused, or nobody answered in time. */
export async function contractRefuse(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  await tx
    .updateTable('negotiated_contract')
    .set({ state: 'refused', decided_at: ctx.now })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute();
}

/** The first instant at which it holds, and the first at which it doesn't any more. */
function instants({ valid_from, valid_to }: Contract, zone: string): { from: Date; to: Date | null } {
  const start = (day: string) => fromWallClock(`${day} 00:00`, zone)!;
  return { from: start(valid_from), to: valid_to === null ? null : addDays(start(valid_to), 1, zone) };
}

/** Tells the customer what was agreed to or ended, and writes it down with the clause that ranks contracts. */
export async function tell(
  tx: Tx,
  ctx: Ctx,
  contract: Contract,
  what: 'agreed' | 'ended',
  reason: string | null,
): Promise<void> {
  const customer = await customerRead(tx, contract.customer_id);
  const terms = await acceptanceLatest(tx, contract.customer_id);
  const clause = terms!.clauseOf('precedence');
  const { number, valid_from: from, valid_to: to } = contract;
  const notice = await noticeSend(tx, ctx, {
    kind: `service-contract-${what}`,
    dedupe: `service-contract-${what}:${contract.id}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: {
      number,
      title: contract.title,
      from,
      to: to ?? '—',
      reason: reason ?? '—',
      clause: clause.clause,
    },
  });
  await auditRecord(tx, ctx, {
    action: `service-contract.${what}`,
    subject: { kind: 'service-contract', id: contract.id },
    customerId: contract.customer_id,
    clause,
    facts: {
      number,
      from,
      to,
      sha256: contract.sha256,
      ...(reason === null ? {} : { reason }),
      before: { state: what === 'ended' ? 'agreed' : 'waiting' },
      after: { state: what },
    },
    notices: [notice],
  });
}
