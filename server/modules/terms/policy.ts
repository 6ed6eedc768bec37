import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { pick } from '#kernel/text.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import type { Parameters } from '#modules/figures/index.ts';
import {
  holds,
  type LayerRow,
  layersOf,
  type ParameterSource,
  type Resolved,
  resolve,
} from './policy-layers.ts';
import { type Known, memoOf } from './policy-memo.ts';
import {
  type AcceptedTerms,
  acceptances,
  clauseShown,
  type TermsVersion,
  versionById,
} from './terms-read.ts';
import './layer-table.ts';

/**
 * What holds between the brand and a customer, for one service or for none, at an instant: the agreement that was
 * accepted, with what an order page, a service contract and its attachments say instead (七牛云 1.2, 11.1).
 */

export interface PolicySubject {
  customerId: string;
  /** Null: what holds for the customer apart from any service. */
  serviceId: string | null;
  acceptanceId: string;
}

/** The figures in force after all layers, and the only source of clauses to act upon. */
export interface Policy extends AcceptedTerms {
  /** Where a figure comes from. Throws RangeError where none of the layers has it. */
  sourceOf(parameter: keyof Parameters): ParameterSource;
  /** The paper beside the agreement that a figure comes from; null: the agreement itself. */
  paperOf(parameter: keyof Parameters): LayerRow | null;
}

export async function policyOf(db: Db | Tx, of: PolicySubject, at: Date): Promise<Policy> {
  const known = memoOf(db)?.get(keyOf(of));
  if (known) return policyAt(of, known, at);
  const [policy] = await policiesOf(db, [of], at);
  return policy!;
}

/**
 * The same for many, in their order: one query, and one more where something is said beside the agreement. One with an
 * `at` of its own is asked of that instant.
 */
export async function policiesOf(
  db: Db | Tx,
  ofs: readonly (PolicySubject & { at?: Date })[],
  at: Date,
): Promise<Policy[]> {
  const keep = memoOf(db)?.reading();
  const agreed = await agreements(db, ofs);
  const said = ofs.filter(({ acceptanceId }) => agreed.get(acceptanceId)!.layered);
  const layers = said.length > 0 ? await layersSaid(db, said) : new Map<string, LayerRow[]>();
  return ofs.map((of) => {
    const { version } = agreed.get(of.acceptanceId)!;
    const own = layers.get(of.customerId)?.filter(isOf(of)) ?? NONE;
    keep?.(keyOf(of), { version, layers: own });
    return policyAt(of, { version, layers: own }, of.at ?? at);
  });
}

const NONE: readonly LayerRow[] = [];

function keyOf({ customerId, serviceId, acceptanceId }: PolicySubject): string {
  return `${acceptanceId}${customerId}${serviceId ?? ''}`;
}

function isOf(of: PolicySubject) {
  return ({ serviceId }: LayerRow) => serviceId === null || serviceId === of.serviceId;
}

/** Versions by acceptance, and whether anything is said beside the agreement to anybody of the brand. */
async function agreements(db: Db | Tx, ofs: readonly PolicySubject[]) {
  const ids = [...new Set(ofs.map(({ acceptanceId }) => acceptanceId))];
  const rows = await acceptances(db)
    .select(sql<boolean>`exists (select from terms_layer l where l.brand = a.brand)`.as('layered'))
    .where('a.id', '=', sql<string>`any(${ids}::uuid[])`)
    .execute();
  const found = new Map<string, { version: TermsVersion; layered: boolean }>();
  for (const { id, version_id, layered } of rows) {
    if (!found.has(id)) found.set(id, { version: await versionById(db, version_id), layered });
  }
  return found;
}

async function layersSaid(db: Db | Tx, ofs: readonly PolicySubject[]): Promise<Map<string, LayerRow[]>> {
  const ids = [...new Set(ofs.map(({ customerId }) => customerId))];
  const rows = await db
    .selectFrom('terms_layer')
    .selectAll()
    .where('customer_id', '=', sql<string>`any(${ids}::uuid[])`)
    .execute();
  const found = new Map<string, LayerRow[]>();
  for (const row of rows) {
    const layer = {
      id: row.id,
      layer: row.layer,
      customerId: row.customer_id,
      serviceId: row.service_id,
      number: row.number,
      sha256: row.sha256,
      title: row.title,
      parameters: row.parameters,
      clauses: row.clauses,
      fromAt: row.from_at,
      toAt: row.to_at,
      endedAt: row.ended_at,
    };
    found.set(row.customer_id, [...(found.get(row.customer_id) ?? []), layer]);
  }
  return found;
}

/** An agreement with nothing over it is resolved once for all who accepted it. */
const plain = new WeakMap<TermsVersion, Resolved>();
/** What was resolved of some papers stays so: they never change, and which of them hold is in the key. */
const layered = new WeakMap<TermsVersion, Map<string, Resolved>>();

function resolved(version: TermsVersion, rows: readonly LayerRow[]): Resolved {
  if (rows.length === 0) {
    const known = plain.get(version) ?? resolve(version, rows);
    plain.set(version, known);
    return known;
  }
  const key = rows.map(({ id }) => id).join();
  const known = layered.get(version) ?? new Map<string, Resolved>();
  layered.set(version, known);
  const found = known.get(key) ?? resolve(version, rows);
  if (known.size > 10_000) known.clear();
  known.set(key, found);
  return found;
}

function policyAt(of: PolicySubject, { version, layers }: Known, at: Date): Policy {
  const inForce = layers.length === 0 ? layers : layers.filter((row) => holds(row, at));
  const { parameters, sourceOf, rowOf } = resolved(version, inForce);
  return {
    acceptanceId: of.acceptanceId,
    version,
    parameters,
    sourceOf,
    paperOf: rowOf,
    clauseOf: (parameter) => sourceOf(parameter).clause,
  };
}

/** The clause of a figure as a problem cites it, in the reader's language. */
export function policyCited(ctx: Ctx, policy: Policy, parameter: keyof Parameters) {
  const { id, version, title, text } = policyClause(policy, parameter);
  return { id, version, title: pick(title, ctx.locale), text: pick(text, ctx.locale) };
}

/** The clause of a figure as pages show it. */
export function policyShown(policy: Policy, parameter: keyof Parameters) {
  const { id, version, title } = policyClause(policy, parameter);
  return { id, version, title };
}

/** The clause of a figure with its words; those of a contract stand in the language in which it was signed. */
export function policyClause(policy: Policy, parameter: keyof Parameters) {
  const { clause, version } = policy.clauseOf(parameter);
  const paper = policy.paperOf(parameter);
  if (!paper) {
    const found = policy.version.document.clauses.find(({ id }) => id === clause);
    return { ...clauseShown(policy.version, clause), text: found?.text ?? { zh: clause, en: clause } };
  }
  const text = paper.clauses.find(({ id }) => id === clause)?.text ?? clause;
  return { id: clause, version, title: paper.title, text: { zh: text, en: text } };
}

/** Whether this agreement lets a service contract stand over itself. */
export function knowsContracts(version: TermsVersion): boolean {
  return layersOf(version).includes('service-contract');
}

/** A clause that a figure names within itself: of one of its measures, categories, reasons. */
export function clauseNamed(policy: Policy, parameter: keyof Parameters, clause: string): ClauseRef {
  return { ...policy.clauseOf(parameter), clause };
}
