-- What was used: meters, tariffs and subjects, usage events as they came in, readings, and what was charged for them.
-- Quantities are whole base units (for time-weighted meters base units × milliseconds); they never pass through a float.

create table metering_meter (
  no int generated always as identity primary key,
  brand text not null,
  product text not null,
  name text not null,
  event text not null,
  kind text not null check (kind in ('sum', 'max', 'last', 'unique', 'time-weighted', 'p95')),
  settle text not null check (settle in ('hour', 'day', 'month')),
  definition jsonb not null,
  unique (brand, product, name)
);

create table metering_tariff (
  no int generated always as identity primary key,
  brand text not null,
  product text not null,
  version text not null,
  sha256 text not null,
  effective_at timestamptz not null,
  document jsonb not null,
  unique (brand, product, version)
);
create trigger metering_tariff_append_only before update or delete or truncate on metering_tariff
  for each statement execute function kernel_append_only();

-- What usage is of (a bucket, a domain): whose it was from when to when.
create table metering_subject (
  no int generated always as identity primary key,
  brand text not null,
  product text not null,
  name text not null,
  customer_id uuid not null references identity_customer,
  acceptance_id uuid not null references terms_acceptance,
  opened_at timestamptz not null,
  closed_at timestamptz check (closed_at >= opened_at)
);
create unique index metering_subject_open_once on metering_subject (brand, product, name) where closed_at is null;
create index on metering_subject (brand, product, name, opened_at);
create index on metering_subject (customer_id);

-- Machines that may send usage; the token itself is kept nowhere.
create table metering_token (
  id uuid primary key,
  brand text not null,
  name text not null,
  hash bytea not null,
  created_at timestamptz not null,
  created_by uuid,
  revoked_at timestamptz
);

create table metering_source (
  no int generated always as identity primary key,
  brand text not null,
  name text not null,
  unique (brand, name)
);

-- One request that was taken, and when its events were gathered into readings.
create table metering_batch (
  no bigint generated always as identity primary key,
  brand text not null,
  token_id uuid,
  received_at timestamptz not null,
  accepted int not null,
  gathered_at timestamptz
);
create index metering_batch_waiting on metering_batch (no) where gathered_at is null;
create index on metering_batch (received_at);

-- An event is its source and id, for ever: whatever else it says, it counts once. `part` is for events that feed
-- several meters. No foreign keys: every row is made by a join with the tables that it names.
create table metering_event (
  source_no int not null,
  id text collate "C" not null,
  part smallint not null,
  meter_no int not null,
  subject_no int not null,
  at timestamptz not null,
  value bigint check (value >= 0),
  key text,
  batch_no bigint not null,
  primary key (source_no, id, part)
);
create index on metering_event (subject_no, meter_no, at);
create index on metering_event (batch_no);
create trigger metering_event_not_edited before update or truncate on metering_event
  for each statement execute function kernel_append_only();

-- Well-formed events that nothing can be made of now; staff release or refuse them.
create table metering_quarantine (
  id uuid primary key,
  brand text not null,
  source text not null,
  event_id text not null,
  type text not null,
  subject text not null,
  at timestamptz not null,
  reason text not null check (reason in ('future', 'too-old', 'unknown-meter', 'unknown-subject')),
  event jsonb not null,
  received_at timestamptz not null,
  state text not null check (state in ('held', 'released', 'refused')),
  decided_at timestamptz,
  decided_by uuid,
  note text,
  check ((state = 'held') = (decided_at is null)),
  unique (brand, source, event_id)
);
create index on metering_quarantine (brand, id desc) where state = 'held';

-- What a meter shows for a subject in a slot of time. `measured` follows from events, `corrected` from corrections,
-- `charged` from charges. Subject 0: all of the customer's subjects together.
create table metering_reading (
  customer_id uuid not null,
  meter_no int not null references metering_meter,
  subject_no int not null,
  slot timestamptz not null,
  ends_at timestamptz not null check (ends_at > slot),
  measured numeric(40) not null default 0 check (measured >= 0),
  corrected numeric(40) not null default 0,
  charged numeric(40) not null default 0,
  -- When what is not charged yet is to be; `late`: it came after its own settlement.
  due_at timestamptz not null,
  late boolean not null default false,
  primary key (customer_id, meter_no, subject_no, slot),
  check (measured + corrected >= 0)
);
create index metering_reading_due on metering_reading (due_at) where measured + corrected <> charged;

-- Sums of five minutes, for percentiles.
create table metering_sample (
  subject_no int not null,
  meter_no int not null,
  slot timestamptz not null,
  quantity numeric(40) not null,
  primary key (subject_no, meter_no, slot)
);

-- Levels go on between two events: up to where readings are made, and when the next one is.
create table metering_level (
  subject_no int not null,
  meter_no int not null,
  filled_to timestamptz not null,
  due_at timestamptz,
  primary key (subject_no, meter_no)
);
create index on metering_level (due_at) where due_at is not null;

create table metering_correction (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null,
  meter_no int not null,
  subject_no int not null,
  slot timestamptz not null,
  quantity numeric(40) not null check (quantity <> 0),
  reason text not null,
  staff_id uuid not null,
  at timestamptz not null
);
create index on metering_correction (customer_id, meter_no, slot);
create trigger metering_correction_append_only before update or delete or truncate on metering_correction
  for each statement execute function kernel_append_only();

create table metering_package (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  meter_no int not null references metering_meter,
  name text not null,
  quantity numeric(40) not null check (quantity > 0),
  used numeric(40) not null default 0 check (used between 0 and quantity),
  price_micro bigint not null check (price_micro > 0),
  earned_micro bigint not null default 0 check (earned_micro between 0 and price_micro),
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  -- When the rest of it is earned; null once it has been.
  due_at timestamptz
);
create index on metering_package (customer_id, meter_no, ends_at);
create index on metering_package (due_at) where due_at is not null;

-- A month of one meter for one customer, as far as it is charged: how much went to free quota, packages and tiers.
create table metering_month (
  customer_id uuid not null,
  meter_no int not null references metering_meter,
  month date not null,
  state jsonb not null,
  charged_micro bigint not null,
  primary key (customer_id, meter_no, month)
);

create table metering_charge (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  meter_no int not null references metering_meter,
  product text not null,
  month date not null,
  kind text not null check (kind in ('usage', 'adjustment')),
  period_start timestamptz not null,
  period_end timestamptz not null check (period_end > period_start),
  quantity numeric(40) not null,
  amount_micro bigint not null,
  -- The amount is (sum of the parts' products + carried_in - carried_out) / size, exactly.
  size numeric(40) not null check (size > 0),
  carried_in numeric(80) not null,
  carried_out numeric(80) not null,
  parts jsonb not null,
  at timestamptz not null,
  check (carried_in >= 0 and carried_in < size and carried_out >= 0 and carried_out < size)
);
create index on metering_charge (customer_id, id desc);
create index on metering_charge (brand, id desc);
create trigger metering_charge_append_only before update or delete or truncate on metering_charge
  for each statement execute function kernel_append_only();

-- Which part of which reading a charge is for.
create table metering_charged (
  charge_id uuid not null references metering_charge,
  subject_no int not null,
  slot timestamptz not null,
  quantity numeric(40) not null check (quantity <> 0),
  primary key (charge_id, subject_no, slot)
);
create trigger metering_charged_append_only before update or delete or truncate on metering_charged
  for each statement execute function kernel_append_only();

create table metering_budget (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  -- Null: all metered products together.
  product text,
  name text not null,
  amount_micro bigint not null check (amount_micro > 0),
  percents int[] not null,
  stop boolean not null,
  created_at timestamptz not null,
  check_at timestamptz,
  deleted_at timestamptz
);
create index on metering_budget (customer_id) where deleted_at is null;
create index on metering_budget (check_at) where check_at is not null;

-- One notice for each month and threshold.
create table metering_alert (
  budget_id uuid not null references metering_budget,
  month date not null,
  percent int not null,
  spent_micro bigint not null,
  at timestamptz not null,
  notice_id uuid references notify_notice,
  primary key (budget_id, month, percent)
);

-- A customer's own wish that nothing more be spent. Lifted with a new month, a raised budget, or its end.
create table metering_stop (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  budget_id uuid not null references metering_budget,
  product text,
  month date not null,
  began_at timestamptz not null,
  lifted_at timestamptz
);
create unique index metering_stop_once on metering_stop (budget_id) where lifted_at is null;

-- How a charge was paid: gifts in scope first, then cash, the rest is owed. Credits are negative.
create table billing_usage_payment (
  charge_id uuid primary key references metering_charge,
  brand text not null,
  customer_id uuid not null,
  meter_no int not null,
  month date not null,
  gift_micro bigint not null,
  cash_micro bigint not null,
  owed_micro bigint not null,
  tax_micro bigint not null,
  at timestamptz not null
);
create index on billing_usage_payment (customer_id, meter_no, month);
create trigger billing_usage_payment_append_only before update or delete or truncate on billing_usage_payment
  for each statement execute function kernel_append_only();

-- Customers whose charges the balance didn't cover, since when.
create table billing_arrears (
  customer_id uuid primary key references identity_customer,
  brand text not null,
  began_at timestamptz not null
);
