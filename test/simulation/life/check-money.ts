import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { none } from './checks.ts';
import type { Life } from './life.ts';

/** No money comes from nowhere or goes to nowhere, and what anybody owes is explained. */
export async function moneyHolds(life: Life): Promise<void> {
  const { clock, server } = life.world;
  const { db } = server.house;
  const { rows } = await sql<{ brand: string; sum: bigint; paid: bigint }>`
    select brand, sum(balance_micro)::bigint as sum,
      -coalesce(sum(balance_micro) filter (where kind = 'channel_clearing'), 0)::bigint as paid
    from ledger_account group by brand order by brand`.execute(db);
  for (const { brand, sum, paid } of rows) {
    assert.equal(sum, 0n, `the accounts of ${brand} sum to zero`);
    assert.equal(paid, life.paidIn.get(brand), `what came in at ${brand}`);
  }
  none(
    life,
    'below zero',
    sql`
    select kind, owner from ledger_account where balance_micro < 0
      and kind in ('customer_cash', 'customer_gift', 'customer_frozen', 'withdrawal_transit', 'deferred_revenue')`,
  );
  none(
    life,
    'owed without a debt that says why',
    sql`
    select coalesce(a.owner, d.customer_id::text) as customer, a.balance_micro, d.owed
    from (select * from ledger_account where kind = 'receivable') a
    full join (select customer_id, sum(amount_micro + fee_micro - paid_micro - fee_paid_micro - written_off_micro) as owed
      from debts_debt group by customer_id) d on d.customer_id::text = a.owner
    where coalesce(-a.balance_micro, 0) <> coalesce(d.owed, 0)`,
  );
  none(
    life,
    'a late fee above what the days allow',
    sql`
    select id, fee_micro from debts_debt
    where fee_micro > amount_micro::numeric * fee_ppm * (extract(epoch from ${clock.now()}::timestamptz - opened_at) / 86400 + 1) / 1e6`,
  );
  none(
    life,
    'a debt is closed and unpaid, or open and paid',
    sql`
    select id from debts_debt
    where (closed_at is null) <> (amount_micro + fee_micro > paid_micro + fee_paid_micro + written_off_micro)`,
  );
  none(
    life,
    'frozen money without its freeze',
    sql`
    select a.owner, a.balance_micro, f.frozen from (select * from ledger_account where kind = 'customer_frozen') a
    full join (select customer_id, sum(amount_micro) as frozen from funds_freeze
      where state in ('frozen', 'appealed', 'held') group by customer_id) f on f.customer_id::text = a.owner
    where coalesce(a.balance_micro, 0) <> coalesce(f.frozen, 0)`,
  );
}
