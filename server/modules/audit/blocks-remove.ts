import { sql } from 'kysely';
import type { Brand } from '#kernel/brands.ts';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { nextMidnight } from '#kernel/time.ts';
import { auditRecord } from './audit-record.ts';
import { monthsAfter, REMOVED_MONTHS } from './rules.ts';
import './tables.ts';

const BATCH = 20;

/**
 * Removes the events of the brand's oldest blocks, once the whole natural day in which a block ended is older than the
 * brand keeps. Hashes and roots stay, and that it was done is on record. Returns how many blocks. The database holds six months whatever is asked (audit_removal_made).
 */
export async function blocksRemove(tx: Tx, ctx: Ctx): Promise<number> {
  const { brand, now } = ctx;
  const blocks = (await oldest(tx, brand.id)).filter((block) => dueAt(brand, block.ends_at) <= now);
  for (const { number, after_id, through_id, events, root } of blocks) {
    // First of all: six months are told by the record's own time.
    await auditRecord(tx, ctx, {
      action: 'audit.removed',
      subject: { kind: 'audit-block', id: String(number) },
      customerId: null,
      facts: { events: String(events), root: root.toString('hex') },
    });
    await tx
      .insertInto('audit_removal')
      .values({ brand: brand.id, block: number, removed_at: now })
      .execute();
    await tx
      .deleteFrom('audit_event')
      .where('brand', '=', brand.id)
      .where('id', '>', after_id)
      .where('id', '<=', through_id)
      .execute();
  }
  return blocks.length;
}

/** When the brand's oldest block falls due; null when none does. */
export async function blocksDue(db: Db, brands: readonly Brand[]): Promise<Date | null> {
  const { rows } = await sql<{ brand: string; ends_at: Date }>`
    select k.brand, b.ends_at from unnest(${brands.map(({ id }) => id)}::text[]) as k (brand)
    join audit_block b on b.brand = k.brand and b.number = 1 + coalesce(
      (select max(block) from audit_removal r where r.brand = k.brand), 0)`.execute(db);
  const dues = rows.map(({ brand, ends_at }) =>
    dueAt(brands.find(({ id }) => id === brand)!, ends_at).getTime(),
  );
  return dues.length > 0 ? new Date(Math.min(...dues)) : null;
}

function dueAt({ audit_months: months = REMOVED_MONTHS, zone }: Brand, endsAt: Date): Date {
  return monthsAfter(nextMidnight(endsAt, zone), months, zone);
}

async function oldest(db: Db | Tx, brand: string) {
  const { rows } = await sql<{
    number: number;
    after_id: bigint;
    through_id: bigint;
    ends_at: Date;
    events: bigint;
    root: Buffer;
  }>`
    select b.number, coalesce(p.through_id, 0) as after_id, b.through_id, b.ends_at, b.events, b.root from audit_block b
      left join audit_block p on p.brand = b.brand and p.number = b.number - 1
      where b.brand = ${brand} and b.number > coalesce((select max(block) from audit_removal r where r.brand = ${brand}), 0)
      order by b.number limit ${BATCH}`.execute(db);
  return rows;
}
