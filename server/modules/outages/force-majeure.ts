import { createHash } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { type LocalizedText, pick } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { policyCited } from '#modules/terms/index.ts';
import { slipType } from '#modules/transfers/index.ts';
import { policiesFor, type Verdict } from './consequences.ts';
import { affectedOf, type Entry, entryNow, type Outage, outageLock } from './outage-row.ts';
import { problem } from './rules.ts';
import type { ToldTable } from './tables.ts';
import { tellCustomers } from './tell.ts';
import './tables.ts';

/** Force majeure is told in writing, with proof, and so is its end (七牛云 9.1). */

export const PROOF_BYTES = 4 * 1024 * 1024;

/**
 * Puts the proof on record and tells each affected customer in writing; whoever was told already isn't told again. Once
 * the book knows the end, that is told too. `content`: a PNG, JPEG or PDF in base64. Returns how many were told.
 */
export async function forceMajeureTell(
  tx: Tx,
  ctx: Ctx,
  input: { outageId: string; statement: LocalizedText; content: string },
): Promise<number> {
  const outage = await outageLock(tx, ctx, input.outageId);
  const entry = await entryNow(tx, outage);
  if (entry.cause !== 'force-majeure') throw problem['proof-not-needed']();
  const content = Buffer.from(input.content, 'base64');
  const mediaType = content.length <= PROOF_BYTES ? slipType(content) : null;
  if (!mediaType) throw problem['proof-unreadable']({ megabytes: PROOF_BYTES / 1024 / 1024 });
  const proofId = newId();
  await tx
    .insertInto('outages_proof')
    .values({
      id: proofId,
      outage_id: outage.id,
      statement: JSON.stringify(input.statement),
      media_type: mediaType,
      sha256: createHash('sha256').update(content).digest('hex'),
      content,
      staff_id: staffOf(ctx).staffId,
      at: ctx.now,
    })
    .execute();
  const first = await tell(tx, ctx, outage, entry, { what: 'force-majeure', proofId, ...input });
  return (
    first + (entry.until_at ? await tell(tx, ctx, outage, entry, { what: 'over', proofId, ...input }) : 0)
  );
}

/** The book has its end: whoever was told of the force majeure is told that obligations go on. */
export async function forceMajeureOver(tx: Tx, ctx: Ctx, outage: Outage): Promise<void> {
  const entry = await entryNow(tx, outage);
  if (entry.cause !== 'force-majeure' || !entry.until_at) return;
  const begun = await tx
    .selectFrom('outages_told')
    .select('proof_id')
    .where('outage_id', '=', outage.id)
    .where('what', '=', 'force-majeure')
    .limit(1)
    .executeTakeFirst();
  const over = { what: 'over' as const, proofId: begun?.proof_id ?? null, statement: { zh: '', en: '' } };
  if (begun) await tell(tx, ctx, outage, entry, over);
}

async function tell(
  tx: Tx,
  ctx: Ctx,
  outage: Outage,
  entry: Entry,
  { what, proofId, statement }: { what: ToldTable['what']; proofId: string | null; statement: LocalizedText },
): Promise<number> {
  const affected = await affectedOf(tx, outage);
  const policies = await policiesFor(tx, affected, entry.from_at);
  const done = new Set(await toldOf(tx, outage.id, what));
  const firsts = new Map(
    affected.flatMap((one, i) => {
      const policy = policies[i]!;
      const owed = policy.parameters.force_majeure && !done.has(one.customer_id);
      return owed ? [[one.customer_id, policy] as const] : [];
    }),
  );
  const customers = [...firsts.keys()];
  const hit = Map.groupBy(affected, ({ customer_id }) => customer_id);
  const title = entry.title as LocalizedText;
  const notices = await tellCustomers(
    tx,
    ctx,
    customers.map((customerId) => ({
      kind: what === 'over' ? ('force-majeure-over' as const) : ('force-majeure' as const),
      dedupe: `${what}:${outage.id}:${customerId}`,
      customerId,
      subjects: hit.get(customerId)!,
      policy: firsts.get(customerId)!,
      values: {
        title: pick(title, 'zh') === pick(title, 'en') ? title.zh : `${title.zh} ${title.en}`,
        from: wallClock(entry.from_at, ctx.brand.zone),
        until: entry.until_at ? wallClock(entry.until_at, ctx.brand.zone) : '–',
        services: hit
          .get(customerId)!
          .map(({ label }) => label)
          .join(', '),
        statement: `${statement.zh}\n${statement.en}`.trim(),
        proof: `/api/v1/outages/${outage.id}/proofs/${proofId}`,
        clause: firsts.get(customerId)!.clauseOf('force_majeure').clause,
      },
    })),
  );
  for (const [i, customerId] of customers.entries()) {
    const notice_id = notices[i]!;
    await tx
      .insertInto('outages_told')
      .values({
        outage_id: outage.id,
        customer_id: customerId,
        what,
        proof_id: proofId,
        notice_id,
        at: ctx.now,
      })
      .execute();
    await auditRecord(tx, ctx, {
      action: `outage.told-${what}`,
      subject: { kind: 'outage', id: outage.id },
      customerId,
      clause: firsts.get(customerId)!.clauseOf('force_majeure'),
      facts: { proof: proofId },
      notices: [notice_id],
    });
  }
  return customers.length;
}

async function toldOf(tx: Tx, outageId: string, what: ToldTable['what']): Promise<string[]> {
  const rows = await tx
    .selectFrom('outages_told')
    .select('customer_id')
    .where('outage_id', '=', outageId)
    .where('what', '=', what)
    .execute();
  return rows.map((row) => row.customer_id);
}

/** Nobody is denied anything for force majeure of which it wasn't told as its terms ask for. Throws `outage-untold`. */
export async function requireTold(
  tx: Tx,
  ctx: Ctx,
  entry: Entry,
  verdicts: readonly Verdict[],
): Promise<void> {
  if (entry.cause !== 'force-majeure') return;
  const done = new Set(await toldOf(tx, entry.outage_id, 'force-majeure'));
  const untold = verdicts.find(
    ({ policy, subject }) => policy.parameters.force_majeure && !done.has(subject.customer_id),
  );
  if (!untold) return;
  const clause = policyCited(ctx, untold.policy, 'force_majeure');
  throw problem['outage-untold']({ clause: clause.id }, { clause });
}

/** A proof, for staff or for somebody whom the outage hit; `not-found` for everybody else. */
export async function proofRead(
  db: Db | Tx,
  of: { brand: string; outageId: string; proofId: string; customerId?: string },
) {
  const proof = await db
    .selectFrom('outages_proof as p')
    .innerJoin('outages_outage as o', 'o.id', 'p.outage_id')
    .select(['p.id', 'p.media_type', 'p.content'])
    .where('o.brand', '=', of.brand)
    .where('o.id', '=', of.outageId)
    .where('p.id', '=', of.proofId)
    .$if(of.customerId !== undefined, (q) =>
      q.where((e) =>
        e.exists(
          e
            .selectFrom('outages_told as t')
            .select('t.customer_id')
            .whereRef('t.outage_id', '=', 'o.id')
            .where('t.customer_id', '=', of.customerId!),
        ),
      ),
    )
    .executeTakeFirst();
  if (!proof) throw kernelProblem['not-found']();
  return proof;
}
