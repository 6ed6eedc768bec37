import { createHash } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { ScanType } from '#kernel/scan.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { problem } from './rules.ts';
import type { Evidence, Method } from './tables.ts';
import { acceptanceLatest, type TermsVersion } from './terms-read.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /**
     * A customer has come under a version: its first (`previous` null) or another than before. What runs for it goes
     * by the new acceptance from now on; debts, freezes and deadlines that were told stay with what they began under.
     */
    'terms.accepted': { customerId: string; acceptanceId: string; previous: string | null };
  }
}

export interface AcceptanceInput {
  customerId: string;
  userId: string;
  version: TermsVersion;
  method: Method;
  highlights: string[];
  evidence?: Evidence;
  recordedBy?: string;
  /** The scan of what was signed. */
  file?: { mediaType: ScanType; bytes: Buffer };
}

/** The ways to accept that an agreement knows; a click where it says nothing. */
export function waysToAccept({ document }: TermsVersion): readonly Method[] {
  return document.parameters.acceptance.by ?? ['click'];
}

/**
 * Writes an acceptance down, of the version that holds, in a way that it knows. Accepting again is recorded again.
 */
export async function acceptanceRecord(tx: Tx, ctx: Ctx, input: AcceptanceInput): Promise<string> {
  const { customerId, version, method, highlights } = input;
  const ways = waysToAccept(version);
  if (!ways.includes(method)) throw problem['acceptance-not-so']({ ways: ways.join(', ') });
  const before = await acceptanceLatest(tx, customerId);
  const fileId = input.file ? await fileKeep(tx, ctx, customerId, input.file) : null;
  const id = newId();
  await tx
    .insertInto('terms_acceptance')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      user_id: input.userId,
      version_id: version.id,
      sha256: version.sha256,
      highlights,
      method,
      at: ctx.now,
      ip: ctx.ip,
      user_agent: ctx.userAgent,
      evidence: input.evidence ?? null,
      recorded_by: input.recordedBy ?? null,
      file_id: fileId,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'terms.accepted',
    subject: { kind: 'terms', id: version.id },
    customerId,
    facts: { version: version.version, sha256: version.sha256, highlights, method, acceptance: id },
  });
  if (before?.version.version === version.version) return id;
  const previous = before?.acceptanceId ?? null;
  await ctx.bus.emit(tx, ctx, 'terms.accepted', { customerId, acceptanceId: id, previous });
  return id;
}

async function fileKeep(
  tx: Tx,
  ctx: Ctx,
  customerId: string,
  { mediaType, bytes }: NonNullable<AcceptanceInput['file']>,
): Promise<string> {
  const id = newId();
  await tx
    .insertInto('terms_signed_file')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      media_type: mediaType,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes,
      created_at: ctx.now,
    })
    .execute();
  return id;
}
