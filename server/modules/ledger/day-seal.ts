import { sql } from 'kysely';
import type { Brand } from '#kernel/brands.ts';
import { type Db, type Tx, transact } from '#kernel/db.ts';
import { FIRST_PREVIOUS, merkleRoot } from '#kernel/merkle.ts';
import { type ClosedDay, dayChunks } from './day-leaves.ts';
import { dayRoot } from './merkle.ts';
import './tables.ts';

/**
 * Seals each brand's first closed day, once nothing can be added to it any more. Closing it was committed before; who
 * posted into it had not seen that, so had begun to write before; when all that were writing then have ended, whatever
 * they posted can be seen. Returns how many were sealed; what still has to wait is tried again later.
 */
export async function daysSeal(db: Db, brands: readonly Brand[], now: Date): Promise<number> {
  const ids = brands.map(({ id }) => id);
  let sealed = 0;
  for (const day of await unsealed(db, ids))
    if ((await settled(db, day)) && (await transact(db, (tx) => seal(tx, now, day)))) sealed += 1;
  return sealed;
}

/** The first day of each brand that is closed and not sealed: the one after its last that is. */
async function unsealed(db: Db | Tx, brands: readonly string[]): Promise<ClosedDay[]> {
  const { rows } = await sql<ClosedDay>`
    select d.brand, d.day, d.ends_at as "endsAt",
        (select max(p.ends_at) from ledger_day p where p.brand = d.brand and p.ends_at < d.ends_at) as "beginsAt"
      from unnest(${[...brands]}::text[]) as k (brand)
      cross join lateral (
        select * from ledger_day n where n.brand = k.brand
          and n.day > coalesce((select max(day) from ledger_root r where r.brand = k.brand), '-infinity'::date)
        order by n.day limit 1) d`.execute(db);
  return rows;
}

/**
 * Whether every database transaction that was open when the day was found closed has ended. Transaction ids start
 * anew in a restored copy: an id from the future is replaced.
 */
async function settled(db: Db, { brand, day }: ClosedDay): Promise<boolean> {
  await sql`insert into ledger_horizon as h (brand, day, xid)
    values (${brand}, ${day}, pg_snapshot_xmax(pg_current_snapshot()))
    on conflict (brand, day) do update set xid = excluded.xid where h.xid > excluded.xid`.execute(db);
  const { rows } = await sql<{ settled: boolean }>`
    select pg_snapshot_xmin(pg_current_snapshot()) >= xid as settled from ledger_horizon
      where brand = ${brand} and day = ${day}`.execute(db);
  return rows[0]?.settled ?? false;
}

async function seal(tx: Tx, now: Date, day: ClosedDay): Promise<boolean> {
  const { brand } = day;
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('ledger.seal'), hashtext(${brand})) as mine`.execute(tx);
  if (!rows[0]!.mine || (await unsealed(tx, [brand]))[0]?.day !== day.day) return false;

  const roots: Uint8Array[] = [];
  let entries = 0;
  for await (const { ids, leaves, root } of dayChunks(tx, day)) {
    await tx
      .insertInto('ledger_chunk')
      .values({
        brand,
        day: day.day,
        number: roots.length,
        first_entry: ids[0]!,
        last_entry: ids.at(-1)!,
        root: Buffer.from(root),
        entry_ids: ids.map(String),
        leaves: Buffer.concat(leaves),
      })
      .execute();
    roots.push(root);
    entries += ids.length;
  }
  const last = await tx
    .selectFrom('ledger_root as r')
    .innerJoin('ledger_day as d', (join) =>
      join.onRef('d.brand', '=', 'r.brand').onRef('d.day', '=', 'r.day'),
    )
    .select('r.root')
    .where('r.brand', '=', brand)
    .orderBy('d.ends_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const previous = last?.root ?? FIRST_PREVIOUS;
  const merkle = Buffer.from(merkleRoot(roots));
  const head = {
    brand,
    day: day.day,
    endsAt: day.endsAt.toISOString(),
    entries,
    merkleRoot: merkle,
    previous,
  };
  await tx
    .insertInto('ledger_root')
    .values({
      brand,
      day: day.day,
      entries: BigInt(entries),
      merkle_root: merkle,
      previous,
      root: dayRoot(head),
      sealed_at: now,
    })
    .execute();
  await tx.deleteFrom('ledger_horizon').where('brand', '=', brand).where('day', '=', day.day).execute();
  return true;
}
