import assert from 'node:assert/strict';
import { type RawBuilder, sql } from 'kysely';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ACTS_THAT_TAKE } from './acts-that-take.ts';
import { arrearsHold } from './check-arrears.ts';
import { moneyHolds } from './check-money.ts';
import { servicesLive } from './check-services.ts';
import type { Life } from './life.ts';

/** What is true of every life at every moment; each check asks for what breaks it and wants nothing to be found. */

/** After each step. */
export async function checkStep(life: Life): Promise<void> {
  await takenByClause(life);
  await servicesLive(life);
  arrearsHold(life);
  await moneyHolds(life);
  await answered(life);
}

/** What costs more, now and then and at the end: over all that ever was. */
export async function checkWhole(life: Life): Promise<void> {
  const { db } = life.world.server.house;
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n }, 'the ledger is whole');
  none(
    life,
    'a due date was acted on twice',
    sql`
    select action, subject_id, count(*) from audit_event
    where action in ('service.deleted', 'service.ready', 'service.failed', 'account.erased', 'bill.overdue',
      'bill.service-ended', 'bill.paid')
    group by action, subject_id, case when action = 'account.erased' then facts ->> 'certificate' end having count(*) > 1
    union all
    select action, subject_id, count(*) from audit_event where action = 'service.suspended'
    group by action, subject_id, facts ->> 'unpaid_from' having count(*) > 1
    union all
    select action, subject_id, count(*) from audit_event where action = 'service.reminded'
    group by action, subject_id, facts ->> 'period_end', facts ->> 'days_before' having count(*) > 1
    union all
    select 'period paid', service_id::text, count(*) from billing_order
    where kind in ('new', 'renewal') and state = 'paid' group by service_id, period_start having count(*) > 1`,
  );
  none(
    life,
    'periods of a service overlap',
    sql`
    select a.service_id, a.period_end, b.period_start from billing_order a
    join billing_order b on b.service_id = a.service_id and b.period_start > a.period_start and b.period_start < a.period_end
    where a.kind in ('new', 'renewal') and b.kind in ('new', 'renewal') and a.state = 'paid' and b.state = 'paid'`,
  );
  none(
    life,
    'a service that went has no certificate',
    sql`
    select i.id from compute_instance i join lifecycle_service s on s.id = i.id
    left join lifecycle_certificate c on c.service_id = i.id
    where i.gone_at is not null and s.state = 'deleted' and c.id is null`,
  );
  await answered(life);
}

/** Nothing is taken without the clause that allows it, nor by one that isn't in the version which it cites. */
async function takenByClause(life: Life): Promise<void> {
  const { db } = life.world.server.house;
  const seen = life.auditSeen;
  const { rows } = await sql<{ last: bigint | null; wrong: string[] | null }>`
    select max(e.id) as last, array_agg(e.action || ' of ' || e.subject_id) filter (where e.action = any(${ACTS_THAT_TAKE}::text[])
      and (e.clause_id is null or not exists (select from terms_version v where v.brand = e.brand
        and v.version = e.clause_version and v.sha256 = e.clause_hash))) as wrong
    from audit_event e where e.id > ${seen}`.execute(db);
  const { last, wrong } = rows[0]!;
  assert.deepEqual(wrong ?? [], [], 'taken without a clause');
  none(
    life,
    'an act names a notice that was never sent',
    sql`
    select e.action, e.subject_id from audit_event e, unnest(e.notices) n (id)
    where e.id > ${seen} and not exists (select from notify_notice t where t.id = n.id)`,
  );
  none(
    life,
    'told of nothing',
    sql`
    select action, subject_id from audit_event where id > ${seen} and notices = '{}'
      and action in ('service.reminded', 'service.ended', 'service.held', 'account.frozen', 'account.ended', 'funds.frozen',
        'bill.overdue', 'bill.service-ended')
      and not (action = 'service.ended' and facts ->> 'by' in ('customer', 'expiry'))`,
  );
  life.auditSeen = last ?? seen;
}

/** Asks with the next round of questions; whatever it finds then is wrong. */
export function none(life: Life, what: string, query: RawBuilder<unknown>): void {
  life.questions.push({ what, query });
}

/** All that was to be asked, in one round trip. */
async function answered(life: Life): Promise<void> {
  const asked = life.questions.splice(0);
  const each = asked.map(
    ({ what, query }) =>
      sql`select ${what}::text as what, json_agg(f) as found from (select * from (${query}) q limit 3) f`,
  );
  const { rows } = await sql<{ what: string; found: unknown }>`${sql.join(each, sql` union all `)}`.execute(
    life.world.server.house.db,
  );
  const wrong = rows.filter(({ found }) => found !== null);
  assert.deepEqual(wrong, [], wrong.map(({ what, found }) => `${what}: ${JSON.stringify(found)}`).join('; '));
}
