import { sql } from 'kysely';
import type { Tx } from '#kernel/db.ts';
import { chainRoot } from '#kernel/merkle.ts';
import { type Chunk, chunksOf } from '#kernel/merkle-chunks.ts';

/** A brand's events above one number and up to another. */
export interface Span {
  brand: string;
  afterId: bigint;
  throughId: bigint;
}

/** What is hashed of an event, in the order of the README. What isn't there is empty; what is begins with "=". */
const LEAF_FIELDS = sql<string[]>`array[
  e.id::text, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.brand, e.actor_kind,
  coalesce('=' || e.actor_id, ''), coalesce('=' || e.actor_name, ''), e.action, e.subject_kind, e.subject_id,
  coalesce('=' || e.customer_id::text, ''), coalesce('=' || e.clause_id, ''), coalesce('=' || e.clause_version, ''),
  coalesce('=' || e.clause_hash, ''), e.facts::text, e.notices::text, coalesce('=' || e.ip::text, ''),
  coalesce('=' || e.request_id, ''), coalesce('=' || e.session_id::text, ''), coalesce('=' || e.key_id::text, ''),
  coalesce('=' || e.behalf_staff_id::text, '')]`;

/** The events as they stand now, hashed, in the order of their numbers. */
export function blockChunks(tx: Tx, { brand, afterId, throughId }: Span): AsyncGenerator<Chunk> {
  return chunksOf(
    tx,
    sql`select e.id, ${LEAF_FIELDS} as fields from audit_event e
      where e.brand = ${brand} and e.id > ${afterId} and e.id <= ${throughId} order by e.id`,
  );
}

export interface BlockHead {
  brand: string;
  number: number;
  throughId: bigint;
  events: bigint;
  endsAt: Date;
  merkleRoot: Uint8Array;
  previous: Uint8Array;
}

export function blockRoot({ brand, number, throughId, events, endsAt, ...hashes }: BlockHead): Buffer {
  const figures = [number, throughId, events].map(String);
  return chainRoot({ fields: ['cloudpact-audit-1', brand, ...figures, endsAt.toISOString()], ...hashes });
}
