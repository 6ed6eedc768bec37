import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { naturalDay } from '#kernel/time.ts';
import { policyOn } from '#modules/lifecycle/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { none } from './checks.ts';
import type { Life } from './life.ts';

/** States, holds and ends of services, against what is owed, what was told, and what the terms allow. */
export async function servicesLive(life: Life): Promise<void> {
  const { sweptAt } = life;
  none(
    life,
    'runs though its period was over when the worker ran',
    sql`
    select id, period_end from lifecycle_service where state = 'active' and period_end <= ${sweptAt}`,
  );
  none(
    life,
    'outlives what its terms allow',
    sql`
    select id, state, delete_at from lifecycle_service where state in ('suspended', 'ended') and delete_at <= ${sweptAt}`,
  );
  none(
    life,
    'stopped before the end of what was paid',
    sql`
    select id, period_end, suspended_at from lifecycle_service where state = 'suspended'
      and (suspended_at is null or suspended_at < period_end)`,
  );
  none(
    life,
    'suspended without an act',
    sql`
    select s.id from lifecycle_service s where s.state = 'suspended' and not exists (select from audit_event e
      where e.subject_id = s.id::text and e.action = 'service.suspended' and e.at = s.suspended_at)`,
  );
  none(
    life,
    'over without a clause, an end and its notices',
    sql`
    select s.id, e.by from lifecycle_service s left join lifecycle_end e on e.service_id = s.id
    where s.state in ('ended', 'deleted') and (e.service_id is null or (e.by not in ('customer', 'expiry') and e.notices = '{}'))`,
  );
  none(
    life,
    'data gone before its time',
    sql`
    select s.id, s.deleted_at, e.erase_at from lifecycle_service s join lifecycle_end e on e.service_id = s.id
    where s.state = 'deleted' and s.deleted_at < e.erase_at`,
  );
  holdsHaveCauses(life);
  await gracesKept(life);
  await remindersMissedOnlyWhileAway(life);
}

/** Every hold that stands has a measure that stands, an overdue bill or a frozen account behind it, and is counted. */
function holdsHaveCauses(life: Life): void {
  none(
    life,
    'holds miscounted',
    sql`
    select s.id, s.holds, count(h.id) from lifecycle_service s
    left join lifecycle_hold h on h.service_id = s.id and h.released_at is null
    group by s.id having s.holds <> count(h.id)`,
  );
  none(
    life,
    'held without a cause',
    sql`
    select h.service_id, h.cause from lifecycle_hold h join lifecycle_service s on s.id = h.service_id
    where h.released_at is null and s.state in ('preparing', 'active', 'suspended')
      and not exists (select from enforcement_measure m where m.id::text = h.ref_id and m.state in ('standing', 'final'))
      and not exists (select from arrears_bill b where b.id::text = h.ref_id and b.state = 'overdue')
      and not exists (select from arrears_freeze f where f.id::text = h.ref_id and f.unfrozen_at is null)`,
  );
  none(
    life,
    'an overdue bill that holds nothing',
    sql`
    select b.number from arrears_bill b join lifecycle_service s on s.id = b.service_id
    where b.state = 'overdue' and s.state in ('active', 'suspended')
      and not exists (select from lifecycle_hold h where h.ref_id = b.id::text and h.released_at is null)`,
  );
  none(
    life,
    'a machine is allowed what its service is not',
    sql`
    select s.id, s.state, s.holds, i.allowed from compute_instance i join lifecycle_service s on s.id = i.id
    where i.allowed = 'yes' and i.ready_at is not null
      and (s.holds > 0 or s.state in ('suspended', 'deleted', 'failed')
        or (s.state = 'ended' and s.read_out_until is null))`,
  );
  none(
    life,
    'a machine stands still for nothing',
    sql`
    select s.id, i.allowed from compute_instance i join lifecycle_service s on s.id = i.id
    where s.state = 'active' and s.holds = 0 and i.allowed <> 'yes'`,
  );
}

/**
 * A service that was suspended just now goes exactly when its own terms say: so many natural days later, or never by
 * itself. Asked at once: terms that are agreed to afterwards move no day that was told.
 */
async function gracesKept(life: Life): Promise<void> {
  if (+life.world.clock.now() !== +life.sweptAt) return;
  const { db, brands } = life.world.server.house;
  const rows = await db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('state', '=', 'suspended')
    .where('suspended_at', '=', life.sweptAt)
    .execute();
  for (const service of rows) {
    const { parameters } = await policyOf(db, policyOn(service), life.sweptAt);
    const days = parameters.expiry?.grace_days;
    assert.equal(service.delete_at === null, days === undefined, `grace of ${service.label}`);
    if (!service.delete_at || days === undefined) continue;
    const { zone } = brands.get(service.brand);
    const day = (at: Date) => Date.parse(naturalDay(at, zone));
    const kept = (day(service.delete_at) - day(life.sweptAt)) / 86_400_000;
    assert.equal(kept, days, `natural days of grace of ${service.label}`);
  }
}

/**
 * A reminder that was missed was due while nobody ran, or before its period was paid (late, from the last one's end):
 * otherwise each was sent before what it warns of.
 */
async function remindersMissedOnlyWhileAway(life: Life): Promise<void> {
  const rows = await life.world.server.house.db
    .selectFrom('lifecycle_reminder as r')
    .innerJoin('billing_order as o', (join) =>
      join.onRef('o.service_id', '=', 'r.service_id').onRef('o.period_end', '=', 'r.period_end'),
    )
    .select(['r.service_id', 'r.period_end', 'r.days_before', 'o.created_at as ordered_at'])
    .where('r.at', '=', life.sweptAt)
    .where('r.notice_id', 'is', null)
    .where('r.days_before', '>', 0)
    .execute();
  for (const { service_id, period_end, days_before, ordered_at } of rows) {
    const dueAt = +period_end - days_before * 86_400_000;
    if (dueAt <= +ordered_at) continue;
    const next = life.sweeps.find((at) => +at >= dueAt);
    // The sweep that noted it came later than the next reminder, or than the end.
    const late = !next || +next === +life.sweptAt;
    assert.ok(late, `a reminder of ${service_id} was missed though the worker ran at ${next?.toISOString()}`);
  }
}
