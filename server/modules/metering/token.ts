import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import { newToken, sameSecret, tokenHash } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** Issues a token by which a machine may send the brand's usage. Its text is told once; the database has its hash. */
export async function tokenIssue(tx: Tx, ctx: Ctx, name: string): Promise<{ id: string; token: string }> {
  const id = newId();
  const secret = newToken();
  await tx
    .insertInto('metering_token')
    .values({
      id,
      brand: ctx.brand.id,
      name,
      hash: tokenHash(secret),
      created_at: ctx.now,
      created_by: ctx.actor.kind === 'staff' ? ctx.actor.staffId : null,
      revoked_at: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'ingest-token.issued',
    subject: { kind: 'ingest-token', id },
    customerId: null,
    facts: { before: null, after: { name } },
  });
  return { id, token: `${id}.${secret}` };
}

/** From the next request on it opens nothing. */
export async function tokenRevoke(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  staffOf(ctx);
  const revoked = await tx
    .updateTable('metering_token')
    .set({ revoked_at: ctx.now })
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (revoked.numUpdatedRows === 0n) throw common['not-found']();
  await auditRecord(tx, ctx, {
    action: 'ingest-token.revoked',
    subject: { kind: 'ingest-token', id },
    customerId: null,
    facts: { before: { revoked: false }, after: { revoked: true } },
  });
}

export async function tokenList(db: Db | Tx, brand: string) {
  const rows = await db
    .selectFrom('metering_token')
    .select(['id', 'name', 'created_at', 'revoked_at'])
    .where('brand', '=', brand)
    .orderBy('id', 'desc')
    .limit(500)
    .execute();
  return rows.map((row) => ({
    ...row,
    created_at: row.created_at.toISOString(),
    revoked_at: row.revoked_at?.toISOString() ?? null,
  }));
}

const BEARER = /^Bearer ([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.([\w-]{43})$/i;

/** Whose request this is, by its Authorization header. Throws `ingest-token-refused`, whatever is wrong with it. */
export async function tokenOf(
  db: Db | Tx,
  brand: string,
  authorization: string | undefined,
): Promise<string> {
  const [, id, secret] = BEARER.exec(authorization ?? '') ?? [];
  if (!id || !secret) throw problem['ingest-token-refused']();
  const row = await db
    .selectFrom('metering_token')
    .select('hash')
    .where('id', '=', id)
    .where('brand', '=', brand)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (!row || !sameSecret(row.hash, tokenHash(secret))) throw problem['ingest-token-refused']();
  return id;
}
