create table catalogue_version (
  id uuid primary key,
  brand text not null,
  sha256 text not null,
  document jsonb not null,
  -- The newest one that has taken effect is in force.
  effective_at timestamptz not null,
  unique (brand, sha256, effective_at)
);
create index on catalogue_version (brand, effective_at desc);
create trigger catalogue_version_append_only before update or delete or truncate on catalogue_version
  for each statement execute function kernel_append_only();

-- Pieces taken of a plan whose stock is limited.
create table catalogue_taken (
  brand text not null,
  plan text not null,
  region text not null,
  taken int not null default 0 check (taken >= 0),
  primary key (brand, plan, region)
);

create table billing_payment (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  channel text not null check (channel in ('alipay')),
  out_trade_no text not null unique,
  trade_no text,
  amount_micro bigint not null check (amount_micro > 0),
  -- `held`: the channel's facts differ from ours; nothing is credited until staff decide.
  state text not null check (state in ('pending', 'paid', 'closed', 'held')),
  held_reason text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- When the channel is asked next, should its notification not come.
  query_at timestamptz,
  queries int not null default 0,
  paid_at timestamptz
);
create index on billing_payment (query_at) where query_at is not null;
create index on billing_payment (customer_id, created_at desc);

create table billing_order (
  id uuid primary key,
  brand text not null,
  number text not null unique,
  customer_id uuid not null references identity_customer,
  kind text not null check (kind in ('new', 'renewal')),
  service_id uuid not null,
  product text not null,
  plan text not null,
  region text not null,
  months int not null check (months > 0),
  amount_micro bigint not null check (amount_micro >= 0),
  catalogue_version_id uuid not null references catalogue_version,
  period_start timestamptz not null,
  period_end timestamptz not null check (period_end > period_start),
  state text not null check (state in ('paid', 'refunded')),
  created_at timestamptz not null,
  refunded_at timestamptz,
  -- Paid once, renewed twice: can't be.
  constraint billing_order_period_once unique (service_id, period_start)
);
create index on billing_order (customer_id, created_at desc);

-- What was paid for a period is earned as the period passes.
create table billing_accrual (
  order_id uuid primary key references billing_order,
  brand text not null,
  product text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  amount_micro bigint not null,
  earned_micro bigint not null default 0 check (earned_micro between 0 and amount_micro),
  due_at timestamptz
);
create index on billing_accrual (due_at) where due_at is not null;

create table lifecycle_service (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  acceptance_id uuid not null references terms_acceptance,
  product text not null,
  plan text not null,
  region text not null,
  -- What the customer calls it (a host name).
  label text not null,
  renewal_price_micro bigint not null,
  state text not null check (state in ('preparing', 'active', 'suspended', 'deleted', 'failed')),
  anchor_day int not null check (anchor_day between 1 and 31),
  period_start timestamptz not null,
  period_end timestamptz not null,
  -- The next reminder that the terms ask for; null when none is left in this period.
  remind_at timestamptz,
  suspended_at timestamptz,
  delete_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null,
  check ((state = 'suspended') = (delete_at is not null)),
  check ((state = 'deleted') = (deleted_at is not null))
);
create index on lifecycle_service (remind_at) where remind_at is not null and state = 'active';
create index on lifecycle_service (period_end) where state = 'active';
create index on lifecycle_service (delete_at) where state = 'suspended';
create index on lifecycle_service (customer_id, created_at desc);

create table lifecycle_reminder (
  service_id uuid not null references lifecycle_service,
  period_end timestamptz not null,
  days_before int not null,
  at timestamptz not null,
  -- Null: it fell due while nothing ran, and a later one took its place. 0 days is the notice of suspension.
  notice_id uuid references notify_notice,
  primary key (service_id, period_end, days_before)
);
