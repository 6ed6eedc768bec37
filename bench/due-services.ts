import { sql } from 'kysely';
import { asSystem } from '#kernel/house.ts';
import type { Server } from '#server/main.ts';

/**
 * Many services, ten a customer, of which `due` become due at one instant, a third each to be reminded, suspended and
 * deleted; the rest is paid for weeks to come. Made in the database from one that a customer really bought. Returns that
 * instant.
 */
export async function dueServices(
  server: Server,
  serviceId: string,
  count: number,
  due: number,
): Promise<Date> {
  const { house } = server;
  const third = Math.floor(due / 3);
  const model = await house.db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('id', '=', serviceId)
    .executeTakeFirstOrThrow();
  const at = model.period_end;
  await asSystem(house, 'lantian', 'bench', async (tx, ctx) => {
    await sql`update lifecycle_service set period_end = period_end + interval '20 days',
      remind_at = period_end + interval '13 days' where id = ${serviceId}`.execute(tx);
    await sql`create temp table made on commit drop as
      select n, gen_random_uuid() as customer_id, gen_random_uuid() as user_id, gen_random_uuid() as acceptance_id
      from generate_series(1, ${Math.ceil(count / 10)}::int) n`.execute(tx);
    await sql`insert into identity_customer (id, brand, kind, minor, created_at)
      select customer_id, ${ctx.brand.id}, 'person', false, ${ctx.now} from made`.execute(tx);
    await sql`insert into identity_user (id, brand, email, email_normal, email_verified_at, password_hash, locale, created_at)
      select user_id, ${ctx.brand.id}, 'many' || n || '@example.com', 'many' || n || '@example.com', ${ctx.now}, 'none',
        'zh', ${ctx.now} from made`.execute(tx);
    await sql`insert into identity_member (customer_id, user_id, role, created_at)
      select customer_id, user_id, 'owner', ${ctx.now} from made`.execute(tx);
    await sql`insert into terms_acceptance (id, brand, customer_id, user_id, version_id, sha256, highlights, method, at)
      select m.acceptance_id, a.brand, m.customer_id, m.user_id, a.version_id, a.sha256, a.highlights, a.method, a.at
      from made m, terms_acceptance a where a.customer_id = ${model.customer_id}`.execute(tx);
    // Which of them are due is spread over all customers.
    await sql`insert into lifecycle_service (id, brand, customer_id, acceptance_id, product, plan, region, label,
        renewal_price_micro, state, anchor_day, period_start, period_end, remind_at, suspended_at, delete_at, created_at)
      select gen_random_uuid(), s.brand, m.customer_id, m.acceptance_id, s.product, s.plan, s.region,
        'many' || m.n || '-' || k.k, s.renewal_price_micro,
        case d.what when 3 then 'suspended' else 'active' end, s.anchor_day, s.period_start,
        case d.what when 1 then ${at}::timestamptz + interval '7 days' when 2 then ${at}::timestamptz
          when 3 then ${at}::timestamptz - interval '3 days' else ${at}::timestamptz + interval '20 days' end,
        case d.what when 1 then ${at}::timestamptz when 0 then ${at}::timestamptz + interval '13 days' end,
        case d.what when 3 then ${at}::timestamptz - interval '3 days' end,
        case d.what when 3 then ${at}::timestamptz end, s.created_at
      from made m cross join generate_series(1, 10) k (k)
        cross join lateral (select (m.n + (k.k - 1) * ${Math.ceil(count / 10)}::int) as i) j
        cross join lateral (select case when j.i <= ${third} then 1 when j.i <= ${2 * third} then 2
          when j.i <= ${due} then 3 else 0 end as what) d,
        lifecycle_service s
      where s.id = ${serviceId}`.execute(tx);
  });
  return at;
}
