import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type Seller, sellerFacts } from '#modules/invoicing/index.ts';
import { policyOn, type ServiceEnd, serviceEndOf, serviceInBrand } from '#modules/lifecycle/index.ts';
import { noticesEvidence } from '#modules/notify/index.ts';
import { clauseShown, policyOf } from '#modules/terms/index.ts';
import { certificateNumber } from './rules.ts';
import './tables.ts';

/** What somebody looked for, and didn't find any more. */
export interface Trace {
  what: 'instance' | 'volume' | 'record';
  /** As the node names it. */
  place: string;
}

/** What was seen to be gone, by whoever looked. */
export interface ErasureSeen {
  node: string;
  /** What answered: "lxd 5.0.2", "simulated". */
  product: string | null;
  simulated: boolean;
  machine: string;
  diskBytes: bigint;
  absent: Trace[];
  /** Given back in the same transaction. */
  addresses: { private: string | null; public: string; ports: { protocol: string; port: number }[] };
}

interface Clause {
  id: string;
  version: string;
  sha256: string;
  title: LocalizedText;
}

/** All that stands on it, as it was then; JSON. */
export interface CertificateFacts {
  seller: Seller;
  service: { id: string; label: string; product: string; plan: string; region: string; created_at: string };
  end: { by: ServiceEnd['by']; at: string; reason: string | null; refunded: string; clause: Clause };
  erase: { due: string; clause: Clause };
  seen: Omit<ErasureSeen, 'diskBytes'> & { at: string; disk_gb: number };
  /** What was told before, with what came of it. */
  notices: { kind: string; subject: string; at: string; told: boolean; ways: string[] }[];
}

/**
 * Writes the certificate of an erased service, once, from what was seen to be gone; in the transaction that gives its
 * addresses back. What failed before it was made has none: nobody's data was on it. Returns its number.
 */
export async function certificateIssue(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; seen: ErasureSeen },
): Promise<string | null> {
  const service = await serviceInBrand(tx, ctx, input.serviceId);
  const end = await serviceEndOf(tx, input.serviceId);
  if (service?.state !== 'deleted' || !end) return null;
  const number = certificateNumber(service.id, ctx.now, ctx.brand.zone);
  const { diskBytes, ...seen } = input.seen;
  const policy = await policyOf(tx, policyOn(service), end.ended_at);
  const clause = (id: string, version: string, sha256: string): Clause => {
    const title =
      sha256 === policy.version.sha256 ? clauseShown(policy.version, id).title : { zh: '', en: '' };
    return { id, version, sha256, title };
  };
  const notices = await noticesEvidence(tx, end.notices);
  const facts: CertificateFacts = {
    seller: sellerFacts(ctx.brand),
    service: {
      id: service.id,
      label: service.label,
      product: service.product,
      plan: service.plan,
      region: service.region,
      created_at: service.created_at.toISOString(),
    },
    end: {
      by: end.by,
      at: end.ended_at.toISOString(),
      reason: end.reason,
      refunded: formatYuan(end.refunded_micro),
      clause: clause(end.clause_id, end.clause_version, end.clause_hash),
    },
    erase: {
      due: end.erase_at.toISOString(),
      clause: clause(end.erase_clause_id, end.erase_clause_version, end.erase_clause_hash),
    },
    seen: { ...seen, at: ctx.now.toISOString(), disk_gb: Number(diskBytes / 1_073_741_824n) },
    notices: notices.map(({ kind, subject, at, told, ways }) => ({
      kind,
      subject,
      at: at.toISOString(),
      told,
      ways: ways.map(({ channel, outcome, state }) => `${channel}: ${outcome ?? state}`),
    })),
  };
  const placed = await tx
    .insertInto('lifecycle_certificate')
    .values({
      id: newId(),
      brand: service.brand,
      service_id: service.id,
      customer_id: service.customer_id,
      number,
      facts: JSON.stringify(facts),
      issued_at: ctx.now,
    })
    .onConflict((c) => c.column('service_id').doNothing())
    .executeTakeFirst();
  if (placed.numInsertedOrUpdatedRows === 0n) return null;
  await auditRecord(tx, ctx, {
    action: 'service.erasure-certified',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    facts: { number, node: seen.node, machine: seen.machine, absent: seen.absent },
    notices: end.notices,
  });
  return number;
}
