import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { insertAll } from '#kernel/insert-all.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { termsCurrent } from '#modules/terms/index.ts';
import { affectedFind } from './affected-find.ts';
import { lookAgain } from './end-right.ts';
import { forceMajeureOver } from './force-majeure.ts';
import { type Cause, causesOf } from './judge.ts';
import { entryNow, type Outage, outageLock } from './outage-row.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** What the book says of an outage, whole: an edit says all of it again. */
export interface Said {
  title: LocalizedText;
  cause: Cause;
  from: Date;
  /** Null while it lasts. */
  until: Date | null;
  nodes: string[];
  services: string[];
  /** Metered products, whose packages it hit. */
  products: string[];
  /** For staff: what is known, or why the book is corrected. */
  note: string;
}

/** Opens a page of the book. Returns its id. Throws as `outageWrite` does. */
export async function outageOpen(tx: Tx, ctx: Ctx, said: Said): Promise<string> {
  const id = newId();
  await check(tx, ctx, said);
  const row = { id, brand: ctx.brand.id, opened_at: ctx.now, entry: 1 };
  await tx.insertInto('outages_outage').values(row).execute();
  const nothing = { settled_entry: null, settled_at: null, settled_by: null, look_at: null };
  await entryAdd(tx, ctx, { ...row, ...nothing }, said);
  return id;
}

/**
 * Adds what is known now; what was written before stays readable. `after` is the entry that the writer had read: if a
 * colleague has written since, `outage-moved-on`. Also throws `outage-ahead`, `outage-order`, `outage-nobody`,
 * `outage-cause-unknown`, `outage-unknown-service`.
 */
export async function outageWrite(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; after: number; said: Said },
): Promise<number> {
  const outage = await outageLock(tx, ctx, input.id);
  if (outage.entry !== input.after) throw problem['outage-moved-on']();
  await check(tx, ctx, input.said);
  const entry = outage.entry + 1;
  await tx.updateTable('outages_outage').set({ entry }).where('id', '=', outage.id).execute();
  await entryAdd(tx, ctx, { ...outage, entry }, input.said);
  return entry;
}

async function check(tx: Tx, ctx: Ctx, said: Said): Promise<void> {
  if (said.from > ctx.now || (said.until && said.until > ctx.now)) throw problem['outage-ahead']();
  if (said.until && said.until <= said.from) throw problem['outage-order']();
  if (said.nodes.length + said.services.length + said.products.length === 0) throw problem['outage-nobody']();
  const { document } = await termsCurrent(tx, ctx.brand.id, ctx.now);
  const causes = causesOf(document.parameters);
  if (!causes.includes(said.cause)) throw problem['outage-cause-unknown']({ causes: causes.join(', ') });
}

/**
 * What measured it saw the node of this outage answer again: the book gets its end. Where staff have written its end, or
 * more than this node, they know better, and nothing is written.
 */
export async function outageEndMeasured(
  tx: Tx,
  ctx: Ctx,
  { id, nodeId, until }: { id: string; nodeId: string; until: Date },
): Promise<void> {
  const outage = await outageLock(tx, ctx, id);
  const now = await entryNow(tx, outage);
  const { nodes, services, products } = now;
  const isItself = nodes.length + services.length + products.length === 1 && nodes[0] === nodeId;
  if (now.until_at || !isItself || until <= now.from_at) return;
  const { cause, note, from_at: from } = now;
  const said = { title: now.title as LocalizedText, cause, note, from, until, nodes, services, products };
  const entry = outage.entry + 1;
  await tx.updateTable('outages_outage').set({ entry }).where('id', '=', id).execute();
  await entryAdd(tx, ctx, { ...outage, entry }, said, null);
}

/** `by`: of the staff; null for what was measured. */
async function entryAdd(
  tx: Tx,
  ctx: Ctx,
  outage: Outage,
  said: Said,
  by: string | null = staffOf(ctx).staffId,
): Promise<void> {
  const { id, entry: number } = outage;
  const reach = {
    from_at: said.from,
    until_at: said.until,
    nodes: [...new Set(said.nodes)],
    services: [...new Set(said.services)],
    products: [...new Set(said.products)],
  };
  const affected = await affectedFind(tx, ctx, reach);
  await tx
    .insertInto('outages_entry')
    .values({
      outage_id: id,
      number,
      at: ctx.now,
      staff_id: by,
      title: JSON.stringify(said.title),
      cause: said.cause,
      note: said.note,
      ...reach,
    })
    .execute();
  await insertAll(
    tx,
    'outages_affected',
    affected.map((one) => ({ outage_id: id, number, ...one })),
  );
  await lookAgain(tx, ctx, outage);
  await forceMajeureOver(tx, ctx, outage);
  await auditRecord(tx, ctx, {
    action: number === 1 ? 'outage.recorded' : 'outage.written',
    subject: { kind: 'outage', id },
    customerId: null,
    facts: {
      entry: number,
      cause: said.cause,
      from: said.from.toISOString(),
      until: said.until?.toISOString() ?? null,
      affected: affected.length,
    },
  });
}
