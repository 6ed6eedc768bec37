-- What a customer may not do for now, act by act, by a clause of its own terms. Lifted ones stay on record.
create table gates_restriction (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  acts text[] not null check (cardinality(acts) > 0),
  clause_brand text not null,
  clause_id text not null,
  clause_version text not null,
  clause_hash text not null,
  reason text not null,
  -- The case of which it is a measure; null: staff placed it by itself.
  case_id uuid,
  placed_at timestamptz not null,
  placed_by text not null,
  lifted_at timestamptz,
  lifted_by text,
  lift_reason text,
  check ((lifted_at is null) = (lift_reason is null)),
  check (lifted_at >= placed_at)
);
create index on gates_restriction (customer_id) where lifted_at is null;
create index on gates_restriction (brand, id desc);
create trigger gates_restriction_not_deleted before delete or truncate on gates_restriction
  for each statement execute function kernel_append_only();

-- Filings and permits of customers' sites (备案、许可), as they said and as staff found them.
create table gates_filing (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  kind text not null,
  number text not null,
  domain text not null check (domain = lower(domain)),
  -- Whose it is: the person or company that stands in it.
  subject text not null,
  -- The last natural day on which it counts; null: until it is withdrawn.
  valid_until date,
  state text not null check (state in ('waiting', 'approved', 'refused', 'expired', 'withdrawn')),
  entered_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid references identity_staff,
  decision_reason text,
  -- When it is looked at next: to warn of its end, then at its end.
  due_at timestamptz,
  warned_at timestamptz,
  ended_at timestamptz,
  check (due_at is null or state = 'approved')
);
create unique index gates_filing_once on gates_filing (customer_id, kind, domain) where state in ('waiting', 'approved');
create index on gates_filing (due_at) where due_at is not null;
create index on gates_filing (brand, id desc);
create trigger gates_filing_not_deleted before delete or truncate on gates_filing
  for each statement execute function kernel_append_only();
