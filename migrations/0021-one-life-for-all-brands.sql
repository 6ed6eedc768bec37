-- One state machine for all brands: ends after which data is kept, holds beside the state, ends by agreement, and the
-- certificate of what was really erased.
alter table lifecycle_service drop constraint lifecycle_service_state_check;
alter table lifecycle_service
  add constraint lifecycle_service_state_check
    check (state in ('preparing', 'active', 'suspended', 'ended', 'deleted', 'failed')),
  -- Holds that stand now (lifecycle_hold); a service runs if it is active and has none.
  add column holds int not null default 0 check (holds >= 0),
  -- When it ended; its data may be kept longer.
  add column ended_at timestamptz,
  -- While its data is kept: until when the machine runs once more, for copying it out.
  add column read_out_until timestamptz,
  drop constraint lifecycle_service_delete_at,
  add constraint lifecycle_service_delete_at check (delete_at is null or state in ('suspended', 'ended')),
  add constraint lifecycle_service_ended check (state <> 'ended' or (ended_at is not null and delete_at is not null)),
  add constraint lifecycle_service_read_out check (read_out_until is null or state = 'ended');

-- Sweeps take one brand's due services at a time.
drop index lifecycle_service_remind_at_idx;
drop index lifecycle_service_period_end_idx;
drop index lifecycle_service_delete_at_idx;
create index lifecycle_service_reminder_due on lifecycle_service (brand, remind_at)
  where remind_at is not null and state = 'active';
create index lifecycle_service_expiry_due on lifecycle_service (brand, period_end) where state = 'active';
create index lifecycle_service_erasure_due on lifecycle_service (brand, delete_at) where delete_at is not null;
create index lifecycle_service_read_out_due on lifecycle_service (read_out_until) where read_out_until is not null;

-- What keeps a service from running without touching its paid period: a case, arrears, an authority's order.
create table lifecycle_hold (
  id uuid primary key,
  brand text not null,
  service_id uuid not null references lifecycle_service,
  cause text not null check (cause in ('case', 'arrears', 'authority')),
  -- What asked for it, as its own room names it; it releases by the same name.
  ref_id text not null,
  clause_id text not null,
  clause_version text not null,
  clause_hash text not null,
  reason text not null,
  placed_at timestamptz not null,
  released_at timestamptz check (released_at >= placed_at)
);
create unique index lifecycle_hold_once on lifecycle_hold (service_id, ref_id) where released_at is null;
create index on lifecycle_hold (ref_id) where released_at is null;

-- How a service came to its end, and on what its data goes.
create table lifecycle_end (
  service_id uuid primary key references lifecycle_service,
  brand text not null,
  by text not null check (by in ('customer', 'agreement', 'breach', 'provider', 'arrears', 'expiry')),
  clause_id text not null,
  clause_version text not null,
  clause_hash text not null,
  reason text,
  refunded_micro bigint not null default 0 check (refunded_micro >= 0),
  ended_at timestamptz not null,
  -- When its data goes, and by which clause; the instant of the end where nothing is kept.
  erase_at timestamptz not null check (erase_at >= ended_at),
  erase_clause_id text not null,
  erase_clause_version text not null,
  erase_clause_hash text not null,
  -- What was said before: reminders, the suspension, what was announced.
  notices uuid[] not null
);
create index on lifecycle_end (brand, ended_at);

-- An end that both sides agree on: one of the staff proposes it with what goes back, the customer accepts.
create table lifecycle_proposal (
  id uuid primary key,
  brand text not null,
  service_id uuid not null references lifecycle_service,
  refund_micro bigint not null check (refund_micro >= 0),
  reason text not null,
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  expires_at timestamptz not null,
  state text not null check (state in ('waiting', 'accepted', 'declined', 'withdrawn', 'lapsed')),
  decided_at timestamptz,
  notice_id uuid references notify_notice,
  check ((state = 'waiting') = (decided_at is null))
);
create unique index lifecycle_proposal_once on lifecycle_proposal (service_id) where state = 'waiting';
create index on lifecycle_proposal (expires_at) where state = 'waiting';
create index on lifecycle_proposal (service_id, proposed_at);

-- What was erased, as it was seen to be gone. Written once, never changed.
create table lifecycle_certificate (
  id uuid primary key,
  brand text not null,
  service_id uuid not null unique references lifecycle_service,
  customer_id uuid not null references identity_customer,
  number text not null,
  facts jsonb not null,
  issued_at timestamptz not null,
  unique (brand, number)
);
create trigger lifecycle_certificate_append_only before update or delete or truncate on lifecycle_certificate
  for each statement execute function kernel_append_only();
