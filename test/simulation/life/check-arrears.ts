import { sql } from 'kysely';
import { none } from './checks.ts';
import type { Life } from './life.ts';

/** Accounts that pay by use, bills, frozen money, cases and disagreements: what waits, waits no longer than agreed. */
export function arrearsHold(life: Life): void {
  const { sweptAt } = life;
  none(
    life,
    'frozen without a freeze, or a freeze without a frozen account',
    sql`
    select a.customer_id, a.state from arrears_account a
    left join lateral (select f.* from arrears_freeze f where f.customer_id = a.customer_id and f.unfrozen_at is null
      order by f.frozen_at desc limit 1) f on true
    where (a.state = 'frozen' and (f.id is null or f.ended_at is not null)) or (a.state = 'ended' and f.ended_at is null)
      or (a.state = 'running' and f.id is not null and f.ended_at is null)`,
  );
  none(
    life,
    'frozen with nothing unpaid',
    sql`
    select id from arrears_freeze where owed_micro = 0 and funds_micro >= consumption_micro`,
  );
  none(
    life,
    'frozen for longer than its terms say',
    sql`
    select id, end_at from arrears_freeze where unfrozen_at is null and ended_at is null and end_at <= ${sweptAt}`,
  );
  none(
    life,
    'data of an ended account kept beyond its time',
    sql`
    select id, erase_at from arrears_freeze where ended_at is not null and erased_at is null and erase_at <= ${sweptAt}`,
  );
  none(
    life,
    'usage of an ended account goes on',
    sql`
    select s.name from metering_subject s join arrears_account a on a.customer_id = s.customer_id
    where a.state = 'ended' and s.closed_at is null`,
  );
  none(
    life,
    'an erased account has no certificate, or one with less than was erased',
    sql`
    select f.id from arrears_freeze f left join arrears_certificate c on c.freeze_id = f.id
    where f.erased_at is not null and (c.id is null
      or jsonb_array_length(c.facts -> 'erased') <> (select count(*) from arrears_erasure e where e.freeze_id = f.id))`,
  );
  none(
    life,
    'a bill is due and nobody saw to it',
    sql`
    select number from arrears_bill where (state = 'open' and due_at <= ${sweptAt})
      or (state = 'overdue' and ended_at is null and end_at <= ${sweptAt})`,
  );
  none(
    life,
    'a bill is closed and still owed, or open and paid',
    sql`
    select b.number, b.state from arrears_bill b
    left join debts_debt d on d.source_id = b.order_id::text and d.closed_at is null and d.source = 'order'
    where (b.state in ('paid', 'given-up')) = (d.id is not null)`,
  );
  none(
    life,
    'frozen money waits though the time to appeal is over',
    sql`
    select id from funds_freeze where state = 'frozen' and appeal_until <= ${sweptAt}`,
  );
  none(
    life,
    'a measure outlived its time',
    sql`
    select id, measure, placed_at, until from enforcement_measure where state = 'standing' and until <= ${sweptAt}`,
  );
  none(
    life,
    'a question outlived its time',
    sql`
    select id, asked_at, answer_until from enforcement_inquiry
    where answered_at is null and lapsed_at is null and answer_until <= ${sweptAt}`,
  );
  none(
    life,
    'a disagreement outlived its time',
    sql`
    select id, brand, at, end_at from terms_disagreement where state = 'open' and end_at <= ${sweptAt}`,
  );
  none(
    life,
    'something runs on after a disagreement has ended it',
    sql`
    select s.id, s.state from lifecycle_service s join terms_disagreement d on d.customer_id = s.customer_id
    where d.state = 'done' and s.created_at < d.decided_at and s.state in ('preparing', 'active', 'suspended')`,
  );
  none(
    life,
    'a measure that can’t be taken back stands by one of the staff',
    sql`
    select m.id, m.measure from enforcement_measure m where m.state = 'final' and not exists (
      select from approvals_request r where r.subject_id = m.id::text and r.state = 'granted' and r.decided_by <> r.requested_by)`,
  );
}
