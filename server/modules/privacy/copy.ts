import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { enqueue } from '#kernel/jobs.ts';
import { problem as common } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import type { Locale } from '#kernel/text.ts';
import { addDays, addMs } from '#kernel/time.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { copyHtml } from './copy-page.ts';
import { dataOf } from './data-read.ts';
import { personOf } from './person.ts';
import { requestEnd, requestFile } from './request.ts';
import { COPIES_A_DAY, COPY_DAYS, problem } from './rules.ts';
import './tables.ts';

export const COPY_JOB = 'privacy.copy';
const DAY_MS = 86_400_000;
/** Of each table; what a person has beyond that is said in the copy. */
const MOST_ROWS = 20_000;

/** A copy of all that is kept of the actor, made in the background. Throws `prove-again`, `copies-spent`. */
export async function copyAsk(tx: Tx, ctx: Ctx, sealer: Sealer): Promise<string> {
  await requireStepUp(tx, ctx);
  const { userId, customerId } = customerOf(ctx);
  const { made } = await tx
    .selectFrom('privacy_request')
    .select((e) => e.fn.countAll<bigint>().as('made'))
    .where('user_id', '=', userId)
    .where('kind', '=', 'copy')
    .where('asked_at', '>', addMs(ctx.now, -DAY_MS))
    .executeTakeFirstOrThrow();
  if (Number(made) >= COPIES_A_DAY) throw problem['copies-spent']();
  const requestId = await requestFile(tx, ctx, sealer, { kind: 'copy', text: null });
  const id = newId();
  await tx
    .insertInto('privacy_copy')
    .values({
      id,
      request_id: requestId,
      brand: ctx.brand.id,
      customer_id: customerId,
      user_id: userId,
      state: 'making',
      json_sealed: null,
      html_sealed: null,
      made_at: null,
      expires_at: addDays(ctx.now, COPY_DAYS, ctx.brand.zone),
    })
    .execute();
  await enqueue(tx, COPY_JOB, { copy: id, locale: ctx.locale }, { key: `privacy-copy:${id}` });
  return id;
}

/** The job: reads all by the register and seals it. Nothing happens to one that is made or gone. */
export async function copyMake(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  { id, locale }: { id: string; locale: Locale },
): Promise<void> {
  const row = await tx
    .selectFrom('privacy_copy')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'making')
    .forUpdate()
    .executeTakeFirst();
  if (!row) return;
  const person = await personOf(tx, sealer, { userId: row.user_id, customerId: row.customer_id });
  const tables = await dataOf(tx, sealer, person, { limit: MOST_ROWS });
  const made = { brand: ctx.brand.id, made_at: ctx.now.toISOString(), tables };
  await tx
    .updateTable('privacy_copy')
    .set({
      state: 'ready',
      made_at: ctx.now,
      json_sealed: sealer.seal(JSON.stringify(made, null, 1), `privacy-json:${id}`),
      html_sealed: sealer.seal(copyHtml(ctx, locale, tables), `privacy-html:${id}`),
    })
    .where('id', '=', id)
    .execute();
  await requestEnd(tx, ctx, row.request_id, 'done');
}

export function copiesOf(db: Db | Tx, userId: string) {
  return db
    .selectFrom('privacy_copy')
    .select(['id', 'state', 'made_at', 'expires_at'])
    .where('user_id', '=', userId)
    .orderBy('id', 'desc')
    .limit(20)
    .execute();
}

/** One of the actor's own. Throws `prove-again`, 404, `copy-gone`. */
export async function copyRead(
  db: Db,
  ctx: Ctx,
  sealer: Sealer,
  { id, form }: { id: string; form: 'json' | 'html' },
): Promise<string> {
  await requireStepUp(db, ctx);
  const row = await db
    .selectFrom('privacy_copy')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', customerOf(ctx).userId)
    .executeTakeFirst();
  if (!row || row.state === 'making') throw common['not-found']();
  const sealed = form === 'json' ? row.json_sealed : row.html_sealed;
  if (!sealed || row.expires_at <= ctx.now) throw problem['copy-gone']();
  return sealer.open(sealed, `privacy-${form}:${id}`);
}

/** Copies whose time is over are emptied. Returns how many. */
export async function copiesForget(tx: Tx, now: Date): Promise<number> {
  const { numAffectedRows = 0n } =
    await sql`update privacy_copy set state = 'gone', json_sealed = null, html_sealed = null
    where state <> 'gone' and expires_at <= ${now}`.execute(tx);
  return Number(numAffectedRows);
}
