-- Orders that keep how they were priced and paid, coupons, gifts, refunds that the database counts, announced prices.

-- A discount that customers ask for by its code. Empty scopes mean everything.
create table catalogue_coupon (
  id uuid primary key,
  brand text not null,
  code text not null,
  name jsonb not null,
  kind text not null check (kind in ('percent', 'fixed')),
  -- Of 10,000, for percent; micro-yuan, for fixed.
  basis_points int check (basis_points between 1 and 10000),
  amount_micro bigint check (amount_micro > 0),
  products text[] not null,
  plans text[] not null,
  first_order boolean not null,
  -- May it be given for a renewal too?
  renewals boolean not null,
  starts_at timestamptz not null,
  ends_at timestamptz check (ends_at > starts_at),
  per_customer int check (per_customer > 0),
  in_all int check (in_all > 0),
  used int not null default 0,
  created_at timestamptz not null,
  created_by uuid not null,
  disabled_at timestamptz,
  check ((kind = 'percent') = (basis_points is not null)),
  check ((kind = 'fixed') = (amount_micro is not null)),
  constraint catalogue_coupon_code unique (brand, code),
  constraint catalogue_coupon_limit check (used >= 0 and (in_all is null or used <= in_all))
);

-- How often a customer has used a coupon, and may: the row decides between two at once.
create table catalogue_coupon_customer (
  coupon_id uuid not null references catalogue_coupon,
  customer_id uuid not null references identity_customer,
  used int not null,
  most int,
  primary key (coupon_id, customer_id),
  constraint catalogue_coupon_customer_limit check (used >= 0 and (most is null or used <= most))
);

create table catalogue_redemption (
  id uuid primary key,
  coupon_id uuid not null references catalogue_coupon,
  customer_id uuid not null references identity_customer,
  amount_micro bigint not null check (amount_micro >= 0),
  at timestamptz not null,
  returned_at timestamptz
);
create index on catalogue_redemption (coupon_id, at desc);

-- What a version came from, and when it was told: `file` is catalogue.yaml, `import` a price list that staff gave.
alter table catalogue_version add column source text not null default 'file' check (source in ('file', 'import'));
alter table catalogue_version add column published_at timestamptz;

alter table billing_order drop constraint billing_order_kind_check;
alter table billing_order add constraint billing_order_kind_check check (kind in ('new', 'renewal', 'change', 'extension'));
-- A change of plan has a price only for what is left of a period.
alter table billing_order drop constraint billing_order_months_check;
alter table billing_order add constraint billing_order_months_check check (
  (months > 0) = (kind in ('new', 'renewal')) and months >= 0);
alter table billing_order
  add column options jsonb not null default '{}',
  -- [{text: {zh, en}, amount}], amounts in micro-yuan as text; they sum to amount_micro.
  add column lines jsonb not null default '[]',
  -- Contained in the amount.
  add column tax_micro bigint not null default 0,
  add column gift_micro bigint not null default 0,
  add column redemption_id uuid references catalogue_redemption,
  add column refunded_micro bigint not null default 0,
  add constraint billing_order_tax check (tax_micro between 0 and amount_micro),
  add constraint billing_order_gift check (gift_micro between 0 and amount_micro),
  -- Never more back than was paid (F32).
  add constraint billing_order_refund check (refunded_micro between 0 and amount_micro);
update billing_order set refunded_micro = amount_micro where state = 'refunded';
create index on billing_order (service_id, period_end);
create index on billing_order (redemption_id) where redemption_id is not null;

-- A period of a service is ordered once; changes within it are beside that.
alter table billing_order drop constraint billing_order_period_once;
create unique index billing_order_period_once on billing_order (service_id, period_start)
  where kind in ('new', 'renewal', 'extension');

create sequence billing_order_number;

-- What of an order went back, and why. Each cause once; the order counts them, and refuses what is too much.
create table billing_refund (
  id uuid primary key,
  brand text not null,
  order_id uuid not null references billing_order,
  cause text not null,
  amount_micro bigint not null check (amount_micro > 0),
  tax_micro bigint not null check (tax_micro between 0 and amount_micro),
  -- Back to gifts that still run; what came from a gift that has ended is gone with it.
  gift_micro bigint not null check (gift_micro >= 0),
  lapsed_micro bigint not null check (lapsed_micro >= 0),
  reason text not null,
  at timestamptz not null,
  check (gift_micro + lapsed_micro <= amount_micro),
  constraint billing_refund_once unique (order_id, cause)
);
create trigger billing_refund_append_only before update or delete or truncate on billing_refund
  for each statement execute function kernel_append_only();
create function billing_refund_counted() returns trigger language plpgsql as $$
begin
  update billing_order set refunded_micro = refunded_micro + new.amount_micro where id = new.order_id;
  return null;
end $$;
create trigger billing_refund_counted after insert on billing_refund
  for each row execute function billing_refund_counted();

-- What was paid for a plan within a period stays its price there: going back to it costs what it was worth.
create table billing_rate (
  order_id uuid not null references billing_order,
  -- Plan and options.
  selection text not null,
  amount_micro bigint not null check (amount_micro >= 0),
  primary key (order_id, selection)
);

-- An accrual is re-based when part of its value goes back: earned up to starts_at is base_micro, the rest runs from there.
alter table billing_accrual
  add column base_micro bigint not null default 0,
  -- The tax that was paid with what runs from starts_at.
  add column tax_micro bigint not null default 0,
  add constraint billing_accrual_base check (base_micro between 0 and amount_micro and tax_micro >= 0);

create table billing_gift (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  name jsonb not null,
  amount_micro bigint not null check (amount_micro > 0),
  left_micro bigint not null,
  -- Empty: for everything.
  products text[] not null,
  expires_at timestamptz not null,
  expired_at timestamptz,
  reason text not null,
  granted_by uuid not null,
  created_at timestamptz not null,
  constraint billing_gift_left check (left_micro between 0 and amount_micro),
  check (expired_at is null or left_micro = 0)
);
create index on billing_gift (expires_at) where expired_at is null;
create index on billing_gift (customer_id) where expired_at is null;

create table billing_gift_use (
  gift_id uuid not null references billing_gift,
  source text not null,
  source_id text not null,
  amount_micro bigint not null check (amount_micro > 0),
  returned_micro bigint not null default 0,
  primary key (source, source_id, gift_id),
  constraint billing_gift_use_returned check (returned_micro between 0 and amount_micro)
);

-- Services that the operator ends, with the notice that the terms ask for.
create table lifecycle_ending (
  service_id uuid primary key references lifecycle_service,
  end_at timestamptz not null,
  reason text not null,
  announced_at timestamptz not null,
  notice_id uuid references notify_notice,
  done_at timestamptz
);
create index on lifecycle_ending (end_at) where done_at is null;

alter table lifecycle_service add column options jsonb not null default '{}';
