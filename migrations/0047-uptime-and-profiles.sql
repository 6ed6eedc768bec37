-- Which nodes were seen to answer, drafts of outages that follow from it, and what a customer says of itself.

-- Of which product a subject is, so that whoever answers for that product is told. Null in what was written before.
alter table outages_affected add column product text;
-- Null: what measured it wrote that it had ended.
alter table outages_entry alter column staff_id drop not null;

-- A stretch of time in which a node was looked at without a gap and always answered, or never did. Where no stretch is,
-- nobody looked: that is neither.
create table uptime_spell (
  node_id uuid not null references compute_node,
  from_at timestamptz not null,
  -- Until the last look.
  until_at timestamptz not null,
  answers boolean not null,
  primary key (node_id, from_at),
  check (until_at >= from_at)
);

-- What would go into a brand's outage book, if its staff say so: a node that didn't answer for too long.
create table uptime_draft (
  id uuid primary key,
  brand text not null,
  node_id uuid not null references compute_node,
  from_at timestamptz not null,
  -- When it answered again, or was last looked at before nobody looked; null while it lasts.
  until_at timestamptz check (until_at >= from_at),
  -- It ended because nobody looked any more.
  lost_sight boolean not null default false,
  -- How many other nodes answered when it was opened: none may mean that our own line was cut.
  others_answered int not null check (others_answered >= 0),
  opened_at timestamptz not null,
  state text not null check (state in ('open', 'confirmed', 'dismissed')),
  decided_at timestamptz,
  decided_by uuid,
  reason text,
  outage_id uuid references outages_outage,
  -- When the book was told of its end, or was found to know it.
  book_ended_at timestamptz,
  check ((state = 'open') = (decided_at is null)),
  check ((state = 'open') = (decided_by is null)),
  check ((state = 'confirmed') = (outage_id is not null)),
  check ((state = 'dismissed') = (reason is not null)),
  unique (brand, node_id, from_at)
);
create index on uptime_draft (brand, id desc);
create index on uptime_draft (node_id) where until_at is null;
create index on uptime_draft (brand) where state = 'confirmed' and book_ended_at is null;

-- What a customer says of itself beside what it signs up with (亚云 6.2): all of it optional.
create table reach_profile (
  id uuid primary key,
  customer_id uuid not null unique references identity_customer,
  full_name_sealed bytea,
  address_sealed bytea,
  nationality text,
  province text,
  city text,
  time_zone text,
  postcode text,
  fax text,
  homepage text,
  job_title text,
  changed_at timestamptz not null,
  changed_by uuid not null references identity_user
);
