import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import { approvalRequest } from '#modules/approvals/index.ts';
import { auditCount, auditRecord } from '#modules/audit/index.ts';
import { disclosureBasis } from '#modules/disclosures/index.ts';
import { customerFind } from '#modules/identity/index.ts';
import { EVENTS_MOST, EXPORT_ACT, type Exported, problem } from './rules.ts';
import './tables.ts';

export interface RequestWanted {
  customerId: string;
  authority: string;
  document: string;
  article: string;
  case: string;
  kinds: Exported[];
  from: Date;
  to: Date;
  untoldReason: string | null;
}

/**
 * One of the staff asks that an authority be given what is on record about a customer; another one decides. Throws
 * `disclosure-not-allowed` where the customer's terms have no such case, `authority-span`, `authority-too-much`.
 */
export async function requestMake(tx: Tx, ctx: Ctx, wanted: RequestWanted): Promise<string> {
  const { staffId } = staffOf(ctx);
  const { customerId, authority, document, article, kinds, from, to, untoldReason } = wanted;
  if (!(await customerFind(tx, ctx.brand.id, customerId))) throw common['not-found']();
  if (from >= to || to > ctx.now) throw problem['authority-span']();
  const span = { brand: ctx.brand.id, customerId, from, to };
  if (kinds.includes('logs') && (await auditCount(tx, span)) > EVENTS_MOST)
    throw problem['authority-too-much']({ most: EVENTS_MOST });
  const clause = await disclosureBasis(tx, customerId, wanted.case, { byLaw: true });
  const id = newId();
  await tx
    .insertInto('authorities_request')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      authority,
      document,
      article,
      case: wanted.case,
      kinds,
      span_from: from,
      span_to: to,
      untold_reason: untoldReason,
      requested_by: staffId,
      requested_at: ctx.now,
      state: 'waiting',
      decided_at: null,
      file_sealed: null,
      file_sha256: null,
      events: null,
      expires_at: null,
      downloaded_by: null,
      downloaded_at: null,
    })
    .execute();
  const said = { from: from.toISOString(), to: to.toISOString(), untold_reason: untoldReason };
  const basis = { authority, document, article, case: wanted.case, kinds, ...said };
  await auditRecord(tx, ctx, {
    action: 'authority.requested',
    subject: { kind: 'authority-request', id },
    customerId,
    ...(clause ? { clause } : {}),
    facts: { ...basis, told: false },
  });
  await approvalRequest(tx, ctx, {
    act: EXPORT_ACT,
    area: 'audit',
    subject: { kind: 'authority-request', id },
    customerId,
    payload: basis,
    reason: `${document} ${article}`,
  });
  return id;
}
