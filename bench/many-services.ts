import { sql } from 'kysely';
import { asSystem } from '#kernel/house.ts';
import type { Server } from '#server/main.ts';
import type { StoryCustomer } from '#server/story/customer.ts';

/**
 * As many running services that renew themselves as wanted, ten a customer, all due at one instant, each customer with
 * money for `affordable` of its ten. Made in the database from one that a customer really bought. Returns that instant.
 */
export async function manyServices(
  server: Server,
  customer: StoryCustomer,
  serviceId: string,
  count: number,
  affordable = 10,
): Promise<Date> {
  const { house } = server;
  const model = await customer.service(serviceId);
  const due = new Date(model.auto_renew.next ?? model.period_end);
  await asSystem(house, 'lantian', 'bench', async (tx, ctx) => {
    await sql`create temp table made on commit drop as
      select n, gen_random_uuid() as customer_id, gen_random_uuid() as user_id, gen_random_uuid() as acceptance_id
      from generate_series(1, ${Math.ceil(count / 10)}::int) n`.execute(tx);
    await sql`insert into identity_customer (id, brand, kind, minor, created_at)
      select customer_id, ${ctx.brand.id}, 'person', false, ${ctx.now} from made`.execute(tx);
    await sql`insert into identity_user (id, brand, email, email_normal, email_verified_at, password_hash, locale, created_at)
      select user_id, ${ctx.brand.id}, 'many' || n || '@example.com', 'many' || n || '@example.com', ${ctx.now}, 'none', 'zh',
        ${ctx.now} from made`.execute(tx);
    await sql`insert into identity_member (customer_id, user_id, role, created_at)
      select customer_id, user_id, 'owner', ${ctx.now} from made`.execute(tx);
    await sql`insert into terms_acceptance (id, brand, customer_id, user_id, version_id, sha256, highlights, method, at)
      select m.acceptance_id, a.brand, m.customer_id, m.user_id, a.version_id, a.sha256, a.highlights, a.method, a.at
      from made m, terms_acceptance a where a.customer_id = ${model.customer_id}`.execute(tx);
    await sql`select count(*) from ledger_post_all(${ctx.brand.id}, ${ctx.now},
      array(select customer_id from made order by n), array(select 'top-up' from made), array(select 'bench' from made),
      array(select n::text from made order by n), array(select null::uuid from made), array(select '{}'::jsonb from made),
      array['channel_clearing'] || array(select 'customer_cash' from made),
      array['alipay'] || array(select customer_id::text from made order by n),
      array[null] || array(select customer_id::text from made order by n),
      array(select n from made, generate_series(1, 2) s order by n, s),
      array(select case s when 1 then 1 else n + 1 end from made, generate_series(1, 2) s order by n, s),
      array(select case s when 1 then -1 else 1 end * ${affordable}::bigint * 9900000 from made, generate_series(1, 2) s order by n, s))`.execute(
      tx,
    );
    await sql`insert into lifecycle_service (id, brand, customer_id, acceptance_id, product, plan, region, label,
        renewal_price_micro, state, anchor_day, period_start, period_end, remind_at, created_at, auto_renew_months, renew_at)
      select gen_random_uuid(), s.brand, m.customer_id, m.acceptance_id, s.product, s.plan, s.region, 'many' || m.n || '-' || k,
        s.renewal_price_micro, 'active', s.anchor_day, s.period_start, s.period_end, s.remind_at, s.created_at, 1, s.renew_at
      from made m, generate_series(1, 10) k, lifecycle_service s where s.id = ${serviceId}`.execute(tx);
  });
  return due;
}
