import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { enqueue } from '#kernel/jobs.ts';
import type { Sealer } from '#kernel/seal.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { fileMake } from './file-make.ts';
import { FILE_HOURS } from './rules.ts';
import './tables.ts';

/** A second person agreed: the file is made soon after. */
export async function requestApproved(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  await tx.updateTable('authorities_request').set({ decided_at: ctx.now }).where('id', '=', id).execute();
  await enqueue(tx, 'authorities.make', { id, approvedBy: staffOf(ctx).staffId }, { key: `authority:${id}` });
}

/** Makes the file of an approved request; nothing happens when it is there, or was. */
export async function requestMade(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  { id, approvedBy }: { id: string; approvedBy: string },
): Promise<void> {
  const request = await tx
    .selectFrom('authorities_request')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .forUpdate()
    .executeTakeFirst();
  if (!request) return;
  const { zip, sha256, events } = await fileMake(tx, ctx, request, approvedBy);
  await tx
    .updateTable('authorities_request')
    .set({
      state: 'ready',
      file_sealed: sealer.seal(Buffer.from(zip).toString('base64'), sealedFor(id)),
      file_sha256: sha256,
      events,
      expires_at: addMinutes(ctx.now, FILE_HOURS * 60),
    })
    .where('id', '=', id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'authority.file-made',
    subject: { kind: 'authority-request', id },
    customerId: request.customer_id,
    facts: { sha256, events, bytes: zip.length, told: false },
  });
}

/** Refused, or nobody decided in time. */
export async function requestDenied(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  await tx
    .updateTable('authorities_request')
    .set({ state: 'refused', decided_at: ctx.now })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute();
}

/** A file that nobody had in time goes. Returns how many did. */
export async function filesLapse(tx: Tx, ctxOf: (brand: string) => Ctx, now: Date): Promise<number> {
  const rows = await tx
    .updateTable('authorities_request')
    .set({ state: 'lapsed', file_sealed: null })
    .where('state', '=', 'ready')
    .where('expires_at', '<=', now)
    .returning(['id', 'brand', 'customer_id'])
    .execute();
  for (const { id, brand, customer_id: customerId } of rows)
    await auditRecord(tx, ctxOf(brand), {
      action: 'authority.file-lapsed',
      subject: { kind: 'authority-request', id },
      customerId,
      facts: { told: false },
    });
  return rows.length;
}

export function sealedFor(id: string): string {
  return `authorities-file:${id}`;
}
