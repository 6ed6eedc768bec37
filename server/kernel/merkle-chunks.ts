import { type RawBuilder, sql } from 'kysely';
import type { Tx } from './db.ts';
import { cut, leafHash, merkleRoot } from './merkle.ts';

/** Leaves a chunk: a power of two, so that the roots of chunks are nodes of the whole tree. */
export const CHUNK = 256;
const FETCHED = 16 * CHUNK;

export interface Chunk {
  ids: bigint[];
  leaves: Buffer[];
  root: Uint8Array;
}

/** Rows as they stand now, hashed, in the order of the query (their ids); a cursor, so that nothing is too long. */
export async function* chunksOf(
  tx: Tx,
  rowsOf: RawBuilder<{ id: bigint; fields: string[] }>,
): AsyncGenerator<Chunk> {
  await sql`declare sealed_rows no scroll cursor for ${rowsOf}`.execute(tx);
  let chunk: Chunk = { ids: [], leaves: [], root: Buffer.alloc(0) };
  const whole = () => ({ ...chunk, root: merkleRoot(chunk.leaves) });
  for (;;) {
    const { rows } = await sql<{
      id: bigint;
      fields: string[];
    }>`fetch ${sql.lit(FETCHED)} from sealed_rows`.execute(tx);
    for (const { id, fields } of rows) {
      chunk.ids.push(id);
      chunk.leaves.push(leafHash(fields));
      if (chunk.ids.length < CHUNK) continue;
      yield whole();
      chunk = { ids: [], leaves: [], root: Buffer.alloc(0) };
    }
    if (rows.length < FETCHED) break;
  }
  await sql`close sealed_rows`.execute(tx);
  if (chunk.ids.length > 0) yield whole();
}

/** A chunk as it was kept when it was sealed: ids as decimal texts, leaves one after another. */
export interface KeptChunk {
  ids: string[];
  leaves: Buffer;
  root: Buffer;
}

export type Compared =
  | { roots: Uint8Array[]; count: number }
  | { row: string; what: string }
  | { chunk: number; what: string };

/** The first row that isn't as it was sealed, else the roots of the chunks as they are now. */
export async function compareChunks(
  now: AsyncGenerator<Chunk>,
  keptOf: (number: number) => Promise<KeptChunk | undefined>,
): Promise<Compared> {
  const roots: Uint8Array[] = [];
  let count = 0;
  const kept = async () => {
    const { ids, leaves, root } = (await keptOf(roots.length)) ?? {
      ids: [],
      leaves: Buffer.alloc(0),
      root: Buffer.alloc(0),
    };
    return { ids, leaves: cut(leaves), root };
  };
  const missing = (row: string): Compared => ({ row, what: 'was sealed and is missing' });
  for await (const chunk of now) {
    const sealed = await kept();
    for (const [i, id] of chunk.ids.entries()) {
      const was = sealed.ids[i] === undefined ? null : BigInt(sealed.ids[i]);
      if (was !== null && was < id) return missing(String(was));
      if (was !== id) return { row: String(id), what: 'was not there when it was sealed' };
      if (!sealed.leaves[i]!.equals(chunk.leaves[i]!))
        return { row: String(id), what: 'is not as it was sealed' };
    }
    const lost = sealed.ids[chunk.ids.length];
    if (lost !== undefined) return missing(lost);
    if (!sealed.root.equals(chunk.root)) return { chunk: roots.length, what: 'has another root' };
    roots.push(chunk.root);
    count += chunk.ids.length;
  }
  const lost = (await kept()).ids[0];
  return lost === undefined ? { roots, count } : missing(lost);
}
