-- A million renewals are written in minutes: keys are looked up by the statement, not by the row, and one index says
-- what two did.

-- Each key in what was added stands in its table, looked up once a statement. Arguments: column, table, column, table …
-- As sure as a foreign key where keys in the table neither go nor change (kernel_key_kept), and those that point to
-- them don't change either.
create function kernel_key_known() returns trigger language plpgsql as $$
declare
  missing text;
begin
  for i in 0 .. tg_nargs - 1 by 2 loop
    execute format('select a.key::text from (select distinct %I as key from added) a
      where a.key is not null and not exists (select from %I t where t.id = a.key) limit 1', tg_argv[i], tg_argv[i + 1])
      into missing;
    if missing is not null then
      raise exception '% % of % is in no row of %', tg_argv[i], missing, tg_table_name, tg_argv[i + 1]
        using errcode = 'foreign_key_violation', constraint = tg_table_name || '_' || tg_argv[i] || '_known';
    end if;
  end loop;
  return null;
end $$;

create function kernel_key_kept() returns trigger language plpgsql as $$
begin
  raise exception 'keys of % are kept: others point to them', tg_table_name
    using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_key_kept';
end $$;
create trigger identity_customer_key_kept before delete or truncate or update of id on identity_customer
  for each statement execute function kernel_key_kept();
create trigger identity_user_key_kept before delete or truncate or update of id on identity_user
  for each statement execute function kernel_key_kept();
create trigger billing_order_key_kept
  before delete or truncate or update of id, customer_id, catalogue_version_id on billing_order
  for each statement execute function kernel_key_kept();
create trigger billing_accrual_key_kept before update of order_id on billing_accrual
  for each statement execute function kernel_key_kept();
create trigger notify_notice_key_kept before update of customer_id, user_id on notify_notice
  for each statement execute function kernel_key_kept();

alter table billing_order
  drop constraint billing_order_customer_id_fkey,
  drop constraint billing_order_catalogue_version_id_fkey;
create trigger billing_order_key_known after insert on billing_order referencing new table as added
  for each statement execute function kernel_key_known('customer_id', 'identity_customer', 'catalogue_version_id', 'catalogue_version');
alter table billing_accrual drop constraint billing_accrual_order_id_fkey;
create trigger billing_accrual_key_known after insert on billing_accrual referencing new table as added
  for each statement execute function kernel_key_known('order_id', 'billing_order');
alter table notify_notice
  drop constraint notify_notice_customer_id_fkey,
  drop constraint notify_notice_user_id_fkey;
create trigger notify_notice_key_known after insert on notify_notice referencing new table as added
  for each statement execute function kernel_key_known('customer_id', 'identity_customer', 'user_id', 'identity_user');

-- A period of a service is ordered once; changes within it, each by its own id, are beside that. Also finds a service's
-- orders, so the index by service and end of period goes.
drop index billing_order_period_once;
drop index billing_order_service_id_period_end_idx;
create unique index billing_order_period_once
  on billing_order (service_id, period_start, (case when kind = 'change' then id end)) nulls not distinct;

-- Numbers are beyond a counter if the highest is: looked up once a series.
create or replace function invoicing_invoice_whole() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select i.id into wrong from issued i
    where i.amount_micro <> (select coalesce(sum((l ->> 'amount')::bigint), 0) from jsonb_array_elements(i.lines) l) limit 1;
  if found then
    raise exception 'the lines of invoice % don''t sum to its amount', wrong.id
      using errcode = 'integrity_constraint_violation', constraint = 'invoicing_invoice_whole';
  end if;
  select i.series, i.highest into wrong
    from (select brand, series, max(sequence) as highest from issued group by brand, series) i
    where not exists (select from invoicing_counter c where c.brand = i.brand and c.series = i.series and c.last >= i.highest)
    limit 1;
  if found then
    raise exception 'the number % of % was not taken from its counter', wrong.highest, wrong.series
      using errcode = 'integrity_constraint_violation', constraint = 'invoicing_invoice_counted';
  end if;
  return null;
end $$;
