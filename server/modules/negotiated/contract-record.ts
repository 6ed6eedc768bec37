import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { naturalDay } from '#kernel/time.ts';
import { approvalRequest } from '#modules/approvals/index.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerFind } from '#modules/identity/index.ts';
import { acceptanceLatest, knowsContracts } from '#modules/terms/index.ts';
import { type Contract, type NewContract, termOf } from './contract-row.ts';
import { type Figures, figuresRead } from './figures.ts';
import { clash, problem, type Term, within } from './rules.ts';
import './tables.ts';

export const RECORD_ACT = 'service-contract.record';

export interface ContractWanted {
  customerId: string;
  /** Null: for all services of the customer. */
  serviceId: string | null;
  /** The contract that it is an attachment to; null: it is a contract itself. */
  parentId: string | null;
  number: string;
  title: string;
  parameters: Record<string, unknown>;
  clauses: Figures['clauses'];
  /** Natural days, both counted in. */
  from: string;
  to: string | null;
  reason: string;
  file: { name: string; bytes: Buffer } | null;
}

/**
 * Records a negotiated contract with its signed file; it holds once a second member of the staff agrees. Throws
 * `service-contract-…` for a brand without contracts, figures, days, a file, a number or an overlap that can't be.
 */
export async function contractRecord(tx: Tx, ctx: Ctx, wanted: ContractWanted): Promise<string> {
  const customer = await customerFind(tx, ctx.brand.id, wanted.customerId);
  if (!customer) throw kernelProblem['not-found']();
  const terms = await acceptanceLatest(tx, customer.id);
  if (!terms || !knowsContracts(terms.version)) throw problem['service-contract-not-in-terms']();
  const { parameters, clauses } = figuresRead(wanted.parameters, wanted.clauses);
  const file = fileChecked(wanted.file);
  const kind = wanted.parentId === null ? 'service-contract' : 'attachment';
  const { serviceId, from, to } = wanted;
  const term: Term = { kind, serviceId, from, to, parameters: Object.keys(parameters) };
  if (to !== null && (to < from || to < naturalDay(ctx.now, ctx.brand.zone)))
    throw problem['service-contract-dates']({ from });
  await requireRoom(tx, ctx, wanted, term);

  const id = newId();
  await place(tx, ctx, id, {
    customer_id: customer.id,
    service_id: serviceId,
    kind,
    parent_id: wanted.parentId,
    number: wanted.number,
    title: wanted.title,
    parameters: JSON.stringify(parameters),
    clauses: JSON.stringify(clauses),
    valid_from: from,
    valid_to: to,
    file_name: file.name,
    media_type: file.mediaType,
    sha256: file.sha256,
  });
  await tx.insertInto('negotiated_file').values({ contract_id: id, bytes: file.bytes }).execute();
  const facts = { number: wanted.number, kind, service: serviceId, from, to, sha256: file.sha256 };
  await auditRecord(tx, ctx, {
    action: 'service-contract.recorded',
    subject: { kind: 'service-contract', id },
    customerId: customer.id,
    clause: terms.clauseOf('precedence'),
    facts: { ...facts, before: null, after: { state: 'waiting', parameters: term.parameters } },
  });
  await approvalRequest(tx, ctx, {
    act: RECORD_ACT,
    area: 'terms',
    subject: { kind: 'service-contract', id },
    customerId: customer.id,
    payload: { ...facts, parameters },
    reason: wanted.reason,
  });
  return id;
}

/** No other contract or attachment in its way; one at a time for a customer, so that two can't miss each other. */
async function requireRoom(tx: Tx, ctx: Ctx, wanted: ContractWanted, term: Term): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`negotiated ${wanted.customerId}`}, 0))`.execute(
    tx,
  );
  const others = await tx
    .selectFrom('negotiated_contract')
    .selectAll()
    .where('customer_id', '=', wanted.customerId)
    .where('brand', '=', ctx.brand.id)
    .where('state', 'in', ['waiting', 'agreed'])
    .execute();
  if (wanted.parentId !== null) requireParent(others, wanted, term);
  for (const other of others) {
    const both = clash(term, termOf(other));
    if (!both) continue;
    const { number, valid_from: from, valid_to: to } = other;
    const parameters = both.length > 0 ? ` (${both.join(', ')})` : '';
    throw problem['service-contract-overlaps']({ number, from, to: to ?? '—', parameters });
  }
}

function requireParent(others: readonly Contract[], wanted: ContractWanted, term: Term): void {
  const parent = others.find(({ id }) => id === wanted.parentId);
  if (parent?.state !== 'agreed' || parent.kind !== 'service-contract' || !within(term, termOf(parent)))
    throw problem['service-contract-parent']();
  if (parent.service_id !== null && parent.service_id !== wanted.serviceId)
    throw problem['service-contract-service']();
}

async function place(
  tx: Tx,
  ctx: Ctx,
  id: string,
  row: Omit<NewContract, 'id' | 'brand' | 'state' | 'recorded_by' | 'recorded_at'>,
): Promise<void> {
  try {
    await tx
      .insertInto('negotiated_contract')
      .values({
        ...row,
        id,
        brand: ctx.brand.id,
        state: 'waiting',
        recorded_by: staffOf(ctx).staffId,
        recorded_at: ctx.now,
        decided_at: null,
        layer_id: null,
        ended_at: null,
        end_reason: null,
      })
      .execute();
  } catch (error) {
    const constraint = violated(error);
    if (constraint === 'negotiated_contract_number') throw problem['service-contract-number']();
    if (constraint === 'terms_service_own') throw problem['service-contract-service']();
    throw error;
  }
}

function fileChecked(file: ContractWanted['file']) {
  const mediaType = file && mediaTypeOf(file.bytes);
  if (!file || !mediaType) throw problem['service-contract-file']();
  return { ...file, mediaType, sha256: createHash('sha256').update(file.bytes).digest('hex') };
}

/** By what it begins with; OFD is a ZIP whose root is OFD.xml (GB/T 33190-2016). */
function mediaTypeOf(bytes: Buffer): 'application/pdf' | 'application/ofd' | null {
  const begins = bytes.subarray(0, 8).toString('latin1');
  if (/^%PDF-[12]\.\d/.test(begins)) return 'application/pdf';
  return begins.startsWith('PK\u0003\u0004') && bytes.includes('OFD.xml') ? 'application/ofd' : null;
}
