import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { EvidenceTable } from './tables.ts';
import './tables.ts';

export interface NewEvidence {
  kind: EvidenceTable['kind'];
  text: string | null;
  /** Figures as they were measured, or the SHA-256 of a paper. */
  facts?: Record<string, unknown>;
}

/** Evidence is only ever added. */
export async function evidenceAdd(tx: Tx, ctx: Ctx, caseId: string, evidence: NewEvidence): Promise<string> {
  const id = newId();
  await tx
    .insertInto('enforcement_evidence')
    .values({
      id,
      case_id: caseId,
      kind: evidence.kind,
      text: evidence.text,
      facts: JSON.stringify(evidence.facts ?? {}),
      by_staff: ctx.actor.kind === 'staff' ? ctx.actor.staffId : null,
      at: ctx.now,
    })
    .execute();
  return id;
}
