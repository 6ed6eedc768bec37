import { sql } from 'kysely';
import type { Tx } from '#kernel/db.ts';
import { FIRST_PREVIOUS, merkleRoot } from '#kernel/merkle.ts';
import { compareChunks, type KeptChunk } from '#kernel/merkle-chunks.ts';
import { type BlockHead, blockChunks, blockRoot } from './block-leaves.ts';
import { KEPT_MONTHS, monthsAfter } from './rules.ts';
import './tables.ts';

/** The first row of the record that isn't as it was sealed. */
export interface AuditDifference {
  table: 'audit_event' | 'audit_block' | 'audit_chunk' | 'audit_removal';
  row: string;
  what: string;
}

export interface AuditVerdict {
  events: bigint;
  /** By brand: blocks, how many of them were removed, and the newest root. */
  sealed: { brand: string; blocks: number; removed: number; root: string }[];
  /** Events that no block has yet. */
  unsealed: bigint;
  difference: AuditDifference | null;
}

/** Roots that were read where they were published: `brand block` → hex. */
export type PublishedBlocks = ReadonlyMap<string, string>;

interface Sealed extends BlockHead {
  root: Buffer;
  removedAt: Date | null;
}

/**
 * Computes every block anew from its events and compares: what was edited, deleted, added or moved since it was
 * sealed is named by its number. Trusts no trigger. In a read-only transaction with one snapshot.
 */
export async function auditVerify(tx: Tx, published: PublishedBlocks = new Map()): Promise<AuditVerdict> {
  const { rows } = await sql<{ events: bigint; unsealed: bigint }>`
    select count(*) as events, count(*) filter (where e.id > coalesce(b.through, 0)) as unsealed from audit_event e
      left join (select brand, max(through_id) as through from audit_block group by brand) b using (brand)`.execute(
    tx,
  );
  const verdict: AuditVerdict = { ...rows[0]!, sealed: [], difference: null };
  const seen = new Map<string, string>();
  const before = new Map<string, Sealed>();
  for (const block of await sealedBlocks(tx)) {
    const difference = await differs(tx, block, before.get(block.brand), published);
    if (difference) return { ...verdict, difference };
    before.set(block.brand, block);
    seen.set(`${block.brand} ${block.number}`, block.root.toString('hex'));
    count(verdict, block);
  }
  const missing = [...published.keys()].find((key) => !seen.has(key));
  if (missing)
    verdict.difference = { table: 'audit_block', row: missing, what: 'was published and is missing' };
  return verdict;
}

function count({ sealed }: AuditVerdict, { brand, number, root, removedAt }: Sealed): void {
  let entry = sealed.find((one) => one.brand === brand);
  if (!entry) {
    entry = { brand, blocks: 0, removed: 0, root: '' };
    sealed.push(entry);
  }
  entry.blocks = number;
  entry.removed += removedAt ? 1 : 0;
  entry.root = root.toString('hex');
}

async function sealedBlocks(tx: Tx): Promise<Sealed[]> {
  const { rows } = await sql<Sealed>`
    select b.brand, b.number, b.through_id as "throughId", b.events, b.ends_at as "endsAt",
        b.merkle_root as "merkleRoot", b.previous, b.root, r.removed_at as "removedAt"
      from audit_block b left join audit_removal r on r.brand = b.brand and r.block = b.number
      order by b.brand, b.number`.execute(tx);
  return rows;
}

async function differs(
  tx: Tx,
  block: Sealed,
  before: Sealed | undefined,
  published: PublishedBlocks,
): Promise<AuditDifference | null> {
  const row = `${block.brand} ${block.number}`;
  const found = block.removedAt ? await keptRoots(tx, block) : await compared(tx, block, before);
  if ('table' in found) return found;
  const merkle = found.roots.length > 0 ? merkleRoot(found.roots) : FIRST_PREVIOUS;
  const previous = before?.root ?? FIRST_PREVIOUS;
  const root = blockRoot({ ...block, merkleRoot: merkle, previous });
  const follows = block.number === (before?.number ?? 0) + 1 && block.events === BigInt(found.count);
  if (!follows || !block.root.equals(root))
    return {
      table: 'audit_block',
      row,
      what: `doesn't follow from its events: they make ${root.toString('hex')}`,
    };
  const shown = published.get(row);
  if (shown !== undefined && shown !== root.toString('hex'))
    return { table: 'audit_block', row, what: `was published as ${shown}, and is ${root.toString('hex')}` };
  if (block.removedAt && block.removedAt < monthsAfter(block.endsAt, KEPT_MONTHS, 'UTC'))
    return { table: 'audit_removal', row, what: 'was removed before its time' };
  return null;
}

async function compared(tx: Tx, block: Sealed, before: Sealed | undefined) {
  const { brand, number, throughId } = block;
  const span = { brand, afterId: before?.throughId ?? 0n, throughId };
  const found = await compareChunks(blockChunks(tx, span), (chunk) => keptChunk(tx, block, chunk));
  const of = `(${brand}, block ${number})`;
  if ('row' in found) return { table: 'audit_event' as const, row: found.row, what: `${found.what} ${of}` };
  if ('chunk' in found)
    return { table: 'audit_chunk' as const, row: `${brand} ${number} ${found.chunk}`, what: found.what };
  return found;
}

async function keptChunk(tx: Tx, { brand, number }: Sealed, chunk: number): Promise<KeptChunk | undefined> {
  const { rows } = await sql<KeptChunk>`select event_ids::text[] as ids, leaves, root from audit_chunk
    where brand = ${brand} and block = ${number} and number = ${chunk}`.execute(tx);
  return rows[0];
}

/** Of a block whose events were removed the hashes are left: the chain goes on through them. */
async function keptRoots(tx: Tx, { brand, number }: Sealed): Promise<{ roots: Uint8Array[]; count: number }> {
  const { rows } = await sql<{ root: Buffer; events: number }>`
    select root, cardinality(event_ids) as events from audit_chunk
      where brand = ${brand} and block = ${number} order by number`.execute(tx);
  return { roots: rows.map(({ root }) => root), count: rows.reduce((sum, { events }) => sum + events, 0) };
}
