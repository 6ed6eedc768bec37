-- Outages and what comes of them, claims and what they are capped by, moves to another data centre.

alter table ledger_account drop constraint ledger_account_kind_check;
alter table ledger_account add constraint ledger_account_kind_check check (kind in (
  'customer_cash', 'customer_gift', 'customer_frozen', 'receivable', 'deferred_revenue', 'revenue',
  'channel_clearing', 'channel_fee', 'payment_held', 'withdrawal_transit',
  'late_fee', 'tax', 'promotion', 'written_off',
  -- By name: what outages and damages cost us.
  'compensation'));

create table outages_outage (
  id uuid primary key,
  brand text not null,
  opened_at timestamptz not null,
  -- The number of the newest entry: what the book says now.
  entry int not null check (entry >= 1),
  -- The entry whose consequences were applied; null before that.
  settled_entry int check (settled_entry between 1 and entry),
  settled_at timestamptz,
  settled_by uuid,
  -- When somebody may next have the right to end a service; null when nobody will.
  look_at timestamptz,
  check ((settled_entry is null) = (settled_at is null))
);
create index on outages_outage (brand, id desc);
create index on outages_outage (look_at) where look_at is not null;

-- What the book says of an outage: each edit is an entry of its own, none is ever overwritten.
create table outages_entry (
  outage_id uuid not null references outages_outage,
  number int not null check (number >= 1),
  at timestamptz not null,
  staff_id uuid not null,
  title jsonb not null,
  cause text not null,
  from_at timestamptz not null,
  -- Null while it lasts.
  until_at timestamptz check (until_at > from_at),
  nodes uuid[] not null,
  services uuid[] not null,
  products text[] not null,
  note text not null,
  primary key (outage_id, number)
);
create trigger outages_entry_append_only before update or delete or truncate on outages_entry
  for each statement execute function kernel_append_only();

-- Whom it hit, as each entry found them: a service, or a prepaid package of a metered product.
create table outages_affected (
  outage_id uuid not null,
  number int not null,
  subject_id uuid not null,
  kind text not null check (kind in ('service', 'package')),
  customer_id uuid not null references identity_customer,
  acceptance_id uuid not null references terms_acceptance,
  label text not null,
  -- The part of the outage in which it was there.
  from_at timestamptz not null,
  until_at timestamptz check (until_at > from_at),
  primary key (outage_id, number, subject_id),
  foreign key (outage_id, number) references outages_entry
);
create index on outages_affected (subject_id);
create index on outages_affected (customer_id);
create trigger outages_affected_append_only before update or delete or truncate on outages_affected
  for each statement execute function kernel_append_only();

-- What came of an outage for one of them, by its own terms; a correction of the book adds a row.
create table outages_consequence (
  outage_id uuid not null,
  number int not null,
  subject_id uuid not null,
  brand text not null,
  customer_id uuid not null references identity_customer,
  kind text not null check (kind in ('extension', 'by-month', 'excluded', 'left', 'nothing')),
  clause_id text,
  clause_version text,
  clause_hash text,
  down_ms bigint not null check (down_ms >= 0),
  extended_ms bigint not null check (extended_ms >= 0),
  notice_id uuid,
  at timestamptz not null,
  primary key (outage_id, number, subject_id),
  foreign key (outage_id, number) references outages_entry
);
create index on outages_consequence (subject_id);
create trigger outages_consequence_append_only before update or delete or truncate on outages_consequence
  for each statement execute function kernel_append_only();

-- The right to end a service after so many continuous hours.
create table outages_end_right (
  outage_id uuid not null references outages_outage,
  subject_id uuid not null,
  brand text not null,
  customer_id uuid not null references identity_customer,
  since timestamptz not null,
  clause_id text not null,
  notice_id uuid not null,
  at timestamptz not null,
  used_at timestamptz,
  refunded_micro bigint check (refunded_micro >= 0),
  primary key (outage_id, subject_id),
  check ((used_at is null) = (refunded_micro is null))
);
create index on outages_end_right (subject_id);

-- Months of a service whose availability is to be measured, or measured anew.
create table outages_month_due (
  subject_id uuid not null,
  brand text not null,
  month date not null,
  due_at timestamptz not null,
  primary key (subject_id, month)
);
create index on outages_month_due (due_at);

create table outages_month (
  subject_id uuid not null,
  month date not null,
  -- 0 is the measurement, what follows are its corrections.
  number int not null check (number >= 0),
  brand text not null,
  customer_id uuid not null references identity_customer,
  clause_id text not null,
  clause_version text not null,
  clause_hash text not null,
  served_ms bigint not null check (served_ms > 0),
  down_ms bigint not null check (down_ms between 0 and served_ms),
  back_percent int not null check (back_percent between 0 and 100),
  fee_micro bigint not null check (fee_micro >= 0),
  -- What was posted by this row: what is due less what was paid before.
  paid_micro bigint not null check (paid_micro >= 0),
  transaction_id uuid references ledger_transaction,
  notice_id uuid,
  at timestamptz not null,
  primary key (subject_id, month, number)
);
create index on outages_month (customer_id);
create trigger outages_month_append_only before update or delete or truncate on outages_month
  for each statement execute function kernel_append_only();

-- Proof of force majeure, and who was told what in writing.
create table outages_proof (
  id uuid primary key,
  outage_id uuid not null references outages_outage,
  statement jsonb not null,
  media_type text not null,
  sha256 text not null,
  content bytea not null,
  staff_id uuid not null,
  at timestamptz not null
);
create trigger outages_proof_append_only before update or delete or truncate on outages_proof
  for each statement execute function kernel_append_only();
create index on outages_proof (outage_id);
create table outages_told (
  outage_id uuid not null references outages_outage,
  customer_id uuid not null references identity_customer,
  what text not null check (what in ('force-majeure', 'over')),
  proof_id uuid references outages_proof,
  notice_id uuid not null,
  at timestamptz not null,
  primary key (outage_id, customer_id, what)
);

create table liability_claim (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  acceptance_id uuid not null references terms_acceptance,
  -- What it is about: a service, or a metered product.
  service_id uuid,
  product text,
  order_id uuid,
  by_staff boolean not null,
  amount_micro bigint not null check (amount_micro > 0),
  grounds text not null,
  at timestamptz not null,
  basis text not null,
  clause_id text not null,
  clause_version text not null,
  clause_hash text not null,
  -- What the terms allow at most, of which fees, and what of it was granted before.
  cap_micro bigint not null check (cap_micro >= 0),
  spent_micro bigint not null check (spent_micro >= 0),
  lines jsonb not null,
  state text not null check (state in ('open', 'approving', 'granted', 'refused')),
  granted_micro bigint check (granted_micro > 0),
  decided_by uuid,
  decided_at timestamptz,
  decision_reason text,
  refusal_clause text,
  transaction_id uuid references ledger_transaction,
  notice_id uuid,
  constraint liability_claim_within_cap check (amount_micro <= cap_micro - spent_micro),
  constraint liability_claim_within_claim check (granted_micro <= amount_micro),
  check ((service_id is null) <> (product is null)),
  check ((state in ('approving', 'granted')) = (granted_micro is not null)),
  check ((state = 'granted') = (transaction_id is not null)),
  check ((state = 'refused') = (refusal_clause is not null))
);
create index on liability_claim (brand, id desc);
create index on liability_claim (customer_id, id desc);

create table moves_move (
  id uuid primary key,
  brand text not null,
  kind text not null check (kind in ('planned', 'bad-node')),
  -- Null: only the services that are named.
  node_id uuid references compute_node,
  services uuid[] not null,
  destination jsonb not null,
  reason text not null,
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  state text not null check (state in ('scheduled', 'cancelled', 'done')),
  -- Counts the windows; each was told.
  window_no int not null default 1,
  new_address text,
  old_address text,
  created_by uuid not null,
  created_at timestamptz not null,
  ended_at timestamptz
);
create index on moves_move (brand, id desc);
create index on moves_move (node_id) where state = 'scheduled';

-- Whom we told, when, of what: the evidence that a move rests on.
create table moves_told (
  move_id uuid not null references moves_move,
  service_id uuid not null,
  what text not null check (what in ('announced', 'changed', 'cancelled', 'done')),
  window_no int not null,
  customer_id uuid not null references identity_customer,
  clause_id text,
  notice_id uuid not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  at timestamptz not null,
  primary key (move_id, service_id, what, window_no)
);
create index on moves_told (service_id);
create trigger moves_told_append_only before update or delete or truncate on moves_told
  for each statement execute function kernel_append_only();
