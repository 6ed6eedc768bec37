import { sql } from 'kysely';
import { type Db, type Tx, transact } from '#kernel/db.ts';
import { FIRST_PREVIOUS, merkleRoot } from '#kernel/merkle.ts';
import { addMinutes } from '#kernel/time.ts';
import { blockChunks, blockRoot } from './block-leaves.ts';
import './tables.ts';

/** Events wait so long for the next block, so that a quiet brand has few. */
const BLOCK_MINUTES = 10;

/**
 * Seals what was written, in two steps. First the number up to which is noted, together with the next transaction id
 * (audit_horizon); whoever has a lower number began to write before (trigger audit_event_begun), so once all that were
 * writing then have ended, everything up to it can be seen and nothing is added. Then each brand's events up to it
 * become a block. Writers wait for nothing. Returns how much was done; 0 when there is nothing to do now.
 */
export async function blocksSeal(db: Db, brands: readonly string[], now: Date): Promise<number> {
  const horizon = await settledHorizon(db);
  if (horizon === 'waits') return 0;
  if (horizon === null) return (await isDue(db, brands, now)) ? horizonNote(db, now) : 0;
  const { rows } = await sql<{ brand: string }>`
    select distinct brand from audit_event e where id <= ${horizon} and id > ${sealedThrough(brands)}`.execute(
    db,
  );
  let sealed = 0;
  for (const { brand } of rows) sealed += await transact(db, (tx) => blockSeal(tx, brand, horizon, now));
  await db.deleteFrom('audit_horizon').where('through_id', '=', horizon).execute();
  return sealed;
}

/** The number up to which blocks reach: all are sealed up to the same one, but brands without events have none. */
function sealedThrough(brands: readonly string[]) {
  return sql`coalesce((select max((select max(through_id) from audit_block b where b.brand = x.brand))
    from unnest(${[...brands]}::text[]) x (brand)), 0)`;
}

async function isDue(db: Db, brands: readonly string[], now: Date): Promise<boolean> {
  const { rows } = await sql<{ at: Date }>`
    select at from audit_event where id > ${sealedThrough(brands)} order by id limit 1`.execute(db);
  return rows[0] !== undefined && rows[0].at <= addMinutes(now, -BLOCK_MINUTES);
}

/** The number is read before the snapshot is taken: in one statement it would be the other way round. */
async function horizonNote(db: Db, now: Date): Promise<number> {
  const { rows } = await sql<{ last: bigint }>`select last_value as last from audit_event_id_seq`.execute(db);
  const noted = await sql`insert into audit_horizon (through_id, xid, noted_at)
    values (${rows[0]!.last}, pg_snapshot_xmax(pg_current_snapshot()), ${now}) on conflict do nothing`.execute(
    db,
  );
  return Number(noted.numAffectedRows ?? 0n);
}

/** Transaction ids start anew in a restored copy: one from the future is replaced. */
async function settledHorizon(db: Db): Promise<bigint | 'waits' | null> {
  const { rows } = await sql<{ through: bigint; settled: boolean }>`
    select through_id as through, pg_snapshot_xmin(pg_current_snapshot()) >= xid as settled
      from audit_horizon`.execute(db);
  const [noted] = rows;
  if (!noted) return null;
  if (noted.settled) return noted.through;
  await sql`update audit_horizon set xid = pg_snapshot_xmax(pg_current_snapshot())
    where xid > pg_snapshot_xmax(pg_current_snapshot())`.execute(db);
  return 'waits';
}

async function blockSeal(tx: Tx, brand: string, throughId: bigint, now: Date): Promise<number> {
  const { rows: lock } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('audit.seal'), hashtext(${brand})) as mine`.execute(tx);
  if (!lock[0]!.mine) return 0;
  const last = await tx
    .selectFrom('audit_block')
    .select(['number', 'through_id', 'root'])
    .where('brand', '=', brand)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last && last.through_id >= throughId) return 0;
  const number = (last?.number ?? 0) + 1;
  const span = { brand, afterId: last?.through_id ?? 0n, throughId };

  const roots: Uint8Array[] = [];
  let events = 0n;
  for await (const { ids, leaves, root } of blockChunks(tx, span)) {
    await tx
      .insertInto('audit_chunk')
      .values({
        brand,
        block: number,
        number: roots.length,
        root: Buffer.from(root),
        event_ids: ids.map(String),
        leaves: Buffer.concat(leaves),
      })
      .execute();
    roots.push(root);
    events += BigInt(ids.length);
  }
  if (events === 0n) return 0;
  const { rows } = await sql<{ ends: Date }>`select max(at) as ends from audit_event
    where brand = ${brand} and id > ${span.afterId} and id <= ${throughId}`.execute(tx);
  const head = {
    brand,
    number,
    throughId,
    events,
    endsAt: new Date(rows[0]!.ends),
    merkleRoot: Buffer.from(merkleRoot(roots)),
    previous: last?.root ?? FIRST_PREVIOUS,
  };
  await tx
    .insertInto('audit_block')
    .values({
      brand,
      number,
      through_id: throughId,
      events,
      ends_at: head.endsAt,
      merkle_root: head.merkleRoot,
      previous: head.previous,
      root: blockRoot(head),
      sealed_at: now,
    })
    .execute();
  return 1;
}
