import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { phoneDigest, phoneShown } from '#kernel/phone.ts';
import { type Sealer, sameSecret } from '#kernel/seal.ts';
import type { Locale } from '#kernel/text.ts';
import { addMinutes, addMs } from '#kernel/time.ts';
import { codeOrigin } from './code-price.ts';
import { CODE_AGAIN_SECONDS, CODE_ATTEMPTS, CODE_MINUTES, CODES_PER_NUMBER, problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A code for a number that may be anybody's. */
    'phone.code-issued': { codeId: string; shown: string; locale: Locale; code: string; minutes: number };
  }
}

const DAY_MS = 86_400_000;

/**
 * A six-digit code on its way to a number. Whether the number has an account isn't looked at, so both are the same from
 * outside. Throws `phone-codes-spent`.
 */
export async function phoneCodeIssue(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  asked: { number: string; locale: Locale },
): Promise<{ id: string; shown: string }> {
  const digest = phoneDigest(sealer, asked.number);
  await sql`select pg_advisory_xact_lock(hashtextextended(${`phone-code:${digest}`}, 0))`.execute(tx);
  await mayIssue(tx, ctx, digest);
  const id = newId();
  const shown = phoneShown(asked.number);
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  await tx
    .insertInto('federation_phone_code')
    .values({
      id,
      brand: ctx.brand.id,
      digest,
      sealed: sealer.seal(asked.number, `phone-code:${id}`),
      shown,
      ...codeOrigin(sealer, ctx.ip, asked.number),
      code_hash: codeHash(sealer, id, code),
      sent_at: ctx.now,
      expires_at: addMinutes(ctx.now, CODE_MINUTES),
    })
    .execute();
  const event = { codeId: id, shown, locale: asked.locale, code, minutes: CODE_MINUTES };
  await ctx.bus.emit(tx, ctx, 'phone.code-issued', event);
  return { id, shown };
}

async function mayIssue(tx: Tx, ctx: Ctx, digest: string): Promise<void> {
  const { sent, last } = await tx
    .selectFrom('federation_phone_code')
    .select((e) => [e.fn.countAll<bigint>().as('sent'), e.fn.max('sent_at').as('last')])
    .where('brand', '=', ctx.brand.id)
    .where('digest', '=', digest)
    .where('sent_at', '>', addMs(ctx.now, -DAY_MS))
    .executeTakeFirstOrThrow();
  const soon = last !== null && last > addMs(ctx.now, -CODE_AGAIN_SECONDS * 1_000);
  if (soon || Number(sent) >= CODES_PER_NUMBER) throw problem['phone-codes-spent']();
}

/** Whose number it is, once the code came back. */
export interface ProvedPhone {
  codeId: string;
  digest: string;
  shown: string;
  number: string;
}

/**
 * Null when the code is wrong, too old, used, or was guessed at too often. A wrong try is counted, so the caller must
 * commit before it refuses. A right one stays good until `phoneCodeUse`. An older code of the number is none any more.
 */
export async function phoneCodeCheck(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  given: { id: string; code: string },
): Promise<ProvedPhone | null> {
  const row = await tx
    .selectFrom('federation_phone_code')
    .selectAll()
    .where('id', '=', given.id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  const hash = codeHash(sealer, given.id, given.code);
  if (!row || row.used_at || row.expires_at <= ctx.now || row.attempts >= CODE_ATTEMPTS) return null;
  if (!sameSecret(row.code_hash, hash)) {
    await tx
      .updateTable('federation_phone_code')
      .set({ attempts: row.attempts + 1 })
      .where('id', '=', row.id)
      .execute();
    return null;
  }
  const newer = await tx
    .selectFrom('federation_phone_code')
    .select('id')
    .where('brand', '=', row.brand)
    .where('digest', '=', row.digest)
    .where('sent_at', '>', row.sent_at)
    .executeTakeFirst();
  if (newer) return null;
  const number = sealer.open(row.sealed, `phone-code:${row.id}`);
  return { codeId: row.id, digest: row.digest, shown: row.shown, number };
}

/** It did what it was for and opens nothing more. */
export async function phoneCodeUse(tx: Tx, ctx: Ctx, codeId: string): Promise<void> {
  await tx.updateTable('federation_phone_code').set({ used_at: ctx.now }).where('id', '=', codeId).execute();
}

/** Of whom a code that came back wrong may be, for the record of it; null for one that was never sent. */
export async function phoneCodeDigest(db: Db | Tx, ctx: Ctx, id: string): Promise<string | null> {
  const row = await db
    .selectFrom('federation_phone_code')
    .select('digest')
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  return row?.digest ?? null;
}

/** The number that a code went to, for who sends it; null once it is forgotten. */
export async function phoneCodeOpen(db: Db | Tx, sealer: Sealer, codeId: string): Promise<string | null> {
  const row = await db
    .selectFrom('federation_phone_code')
    .select('sealed')
    .where('id', '=', codeId)
    .executeTakeFirst();
  return row ? sealer.open(row.sealed, `phone-code:${codeId}`) : null;
}

/** Keyed: a million codes are soon tried by whoever reads the table alone. */
function codeHash(sealer: Sealer, codeId: string, code: string): Buffer {
  return Buffer.from(sealer.blind('phone-code', `${codeId}:${code}`), 'hex');
}
