import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import './tables.ts';

export interface SealedDay {
  brand: string;
  day: string;
  endsAt: Date;
  /** End of the day before it; null for the first. */
  beginsAt: Date | null;
  closedAt: Date;
  /** Null while the day waits to be sealed; so are the rest of its seal. */
  sealedAt: Date | null;
  entries: bigint | null;
  merkleRoot: Buffer | null;
  previous: Buffer | null;
  root: Buffer | null;
  publishedAt: Date | null;
}

/** Closed days of a brand, newest first, a page and one more; `published`: only those whose root is. */
export async function dayList(
  db: Db | Tx,
  brand: string,
  options: { published: boolean; before?: string | undefined; day?: string | undefined },
): Promise<SealedDay[]> {
  const { rows } = await sql<SealedDay>`
    select d.brand, d.day, d.ends_at as "endsAt",
        (select max(b.ends_at) from ledger_day b where b.brand = d.brand and b.ends_at < d.ends_at) as "beginsAt",
        d.closed_at as "closedAt", r.sealed_at as "sealedAt", r.entries,
        r.merkle_root as "merkleRoot", r.previous, r.root, p.published_at as "publishedAt"
      from ledger_day d left join ledger_root r using (brand, day) left join ledger_publication p using (brand, day)
      where d.brand = ${brand} and (p.day is not null or not ${options.published})
        and d.day < coalesce(${options.before ?? null}::date, 'infinity')
        and d.day = coalesce(${options.day ?? null}::date, d.day)
      order by d.day desc limit ${PAGE_SIZE + 1}`.execute(db);
  return rows;
}
