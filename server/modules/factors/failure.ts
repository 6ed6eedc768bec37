import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerOfUser } from '#modules/identity/index.ts';
import type { Owner } from './rules.ts';
import type { FailureTable } from './tables.ts';

/** What wasn't right: a sign-in's first step, its second, something of a recovery, a proof within a session. */
export type FailedProof = FailureTable['what'];

const HOUR_MS = 3_600_000;

/**
 * One more that failed (ASVS 16.3.1). `owner` is null where nobody has the name; then as much is written, in one of a few
 * rows that are for all such names, so that neither time nor the table's size is a stranger's to have. Not in the
 * request's own transaction, which is undone when it refuses.
 */
export async function failureNote(
  db: Db,
  ctx: Ctx,
  { what, owner, name }: { what: FailedProof; owner: Owner | null; name: string },
): Promise<void> {
  const closes = new Date((Math.floor(ctx.now.getTime() / HOUR_MS) + 1) * HOUR_MS);
  await db
    .insertInto('factors_failure')
    .values({
      id: newId(),
      brand: ctx.brand.id,
      name: owner ? `${owner.ownerKind}:${owner.ownerId}` : sharedRow(name),
      owner_kind: owner?.ownerKind ?? null,
      owner_id: owner?.ownerId ?? null,
      what,
      closes_at: closes,
      first_at: ctx.now,
      last_at: ctx.now,
      ip: ctx.ip,
    })
    .onConflict((conflict) =>
      conflict.constraint('factors_failure_one').doUpdateSet({
        times: sql<number>`factors_failure.times + 1`,
        last_at: ctx.now,
        ip: ctx.ip,
      }),
    )
    .execute();
}

/** One of 256. */
function sharedRow(name: string): string {
  return `nobody:${createHash('sha256').update(name).digest('hex').slice(0, 2)}`;
}

/** The hour is over: what failed in it goes into the record, once and with how often, for its owner to see. */
export async function failureRecord(tx: Tx, ctx: Ctx, row: FailureRow): Promise<void> {
  await tx.deleteFrom('factors_failure').where('id', '=', row.id).execute();
  const { owner_kind: kind, owner_id: id, ip } = row;
  if (!kind || !id) return;
  await auditRecord(
    tx,
    { ...ctx, actor: { kind: 'visitor' }, ip },
    {
      action: `${kind}.${row.what}-failed`,
      subject: { kind, id },
      customerId: kind === 'user' ? await customerOfUser(tx, id) : null,
      // What its owner sees of a line stands under `after`.
      facts: {
        after: { times: row.times, from: row.first_at.toISOString(), until: row.last_at.toISOString() },
      },
    },
  );
}

export type FailureRow = Pick<
  FailureTable,
  'id' | 'brand' | 'owner_kind' | 'owner_id' | 'what' | 'first_at' | 'last_at' | 'ip'
> & { times: number };
