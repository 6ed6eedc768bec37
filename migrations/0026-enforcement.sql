-- Cases about breaches: where they came from, what was seen, what was decided, what was done, what could be taken back.

create table enforcement_report (
  id uuid primary key,
  brand text not null,
  -- What it is about, as whoever reports it writes: an address, a domain, a link.
  about text not null,
  category text not null,
  text text not null,
  -- Sealed: who reports is nobody else's to know.
  reporter bytea not null,
  at timestamptz not null,
  state text not null check (state in ('new', 'taken', 'dismissed')),
  case_id uuid,
  handled_by uuid references identity_staff,
  handled_at timestamptz,
  check ((state = 'new') = (handled_at is null)),
  check ((state = 'taken') = (case_id is not null))
);
create index on enforcement_report (brand, id) where state = 'new';

create table enforcement_case (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  service_id uuid references lifecycle_service,
  acceptance_id uuid not null references terms_acceptance,
  origin text not null check (origin in ('trace', 'report', 'staff', 'authority', 'contact')),
  category text not null,
  clause_id text not null,
  clause_version text not null,
  clause_hash text not null,
  summary text not null,
  state text not null check (state in ('open', 'breach', 'no-breach')),
  opened_at timestamptz not null,
  opened_by uuid references identity_staff,
  decision text,
  decided_by uuid references identity_staff,
  decided_at timestamptz,
  check ((state = 'open') = (decided_at is null))
);
alter table enforcement_report add foreign key (case_id) references enforcement_case;
create index on enforcement_case (brand, id desc);
create index on enforcement_case (customer_id, id desc);
-- One trace of one service is one case while it is open.
create unique index enforcement_case_trace_once on enforcement_case (service_id, category)
  where state = 'open' and origin in ('trace', 'contact');

create table enforcement_evidence (
  id uuid primary key,
  case_id uuid not null references enforcement_case,
  kind text not null check (kind in ('measurement', 'report', 'note', 'paper', 'answer')),
  text text,
  facts jsonb not null default '{}',
  by_staff uuid references identity_staff,
  at timestamptz not null
);
create index on enforcement_evidence (case_id, id);
create trigger enforcement_evidence_append_only before update or delete or truncate on enforcement_evidence
  for each statement execute function kernel_append_only();

create table enforcement_measure (
  id uuid primary key,
  brand text not null,
  -- Null: taken by itself upon a measurement that the terms name.
  case_id uuid references enforcement_case,
  customer_id uuid not null references identity_customer,
  service_id uuid references lifecycle_service,
  measure text not null
    check (measure in ('throttle', 'suspend', 'unbind-address', 'restrict', 'freeze-money', 'end', 'wipe', 'ban')),
  details jsonb not null default '{}',
  clause_id text not null,
  clause_version text not null,
  clause_hash text not null,
  reason text not null,
  state text not null check (state in ('asked', 'refused', 'standing', 'reversed', 'final')),
  asked_by uuid references identity_staff,
  asked_at timestamptz not null,
  placed_at timestamptz,
  -- Of the room that carries it out: a restriction, a freeze.
  ref_id text,
  -- When it ends by itself.
  until timestamptz,
  reversed_at timestamptz,
  reversal_reason text,
  notices uuid[] not null default '{}',
  check ((state in ('asked', 'refused')) = (placed_at is null)),
  check ((state = 'reversed') = (reversed_at is not null))
);
create index on enforcement_measure (case_id, id);
create index on enforcement_measure (until) where state = 'standing' and until is not null;
create index on enforcement_measure (service_id) where service_id is not null;
create unique index enforcement_measure_once on enforcement_measure (customer_id, case_id, measure, service_id)
  nulls not distinct where state in ('asked', 'standing');

create table enforcement_inquiry (
  id uuid primary key,
  brand text not null,
  case_id uuid not null references enforcement_case,
  customer_id uuid not null references identity_customer,
  question text not null,
  asked_by uuid not null references identity_staff,
  asked_at timestamptz not null,
  answer_until timestamptz not null,
  answer text,
  answered_at timestamptz,
  lapsed_at timestamptz,
  notices uuid[] not null default '{}',
  check (answered_at is null or lapsed_at is null)
);
create index on enforcement_inquiry (answer_until) where answered_at is null and lapsed_at is null;
create index on enforcement_inquiry (case_id);

create table enforcement_appeal (
  id uuid primary key,
  brand text not null,
  case_id uuid not null unique references enforcement_case,
  customer_id uuid not null references identity_customer,
  text text not null,
  at timestamptz not null,
  state text not null check (state in ('waiting', 'granted', 'refused')),
  decided_by uuid references identity_staff,
  decided_at timestamptz,
  decision text,
  check ((state = 'waiting') = (decided_at is null))
);

-- What a machine may use less than was bought, and whether the public reaches it: beside its limits, so that lifting
-- brings back what was bought, whatever changed meanwhile.
alter table compute_instance
  add column throttled_cpus numeric(6, 2) check (throttled_cpus > 0),
  add column unbound boolean not null default false;
