-- API keys, the seal over the record of acts, and what authorities were given.

create table keys_key (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  -- Whose it is: at no time does it open more than this member may at that moment.
  user_id uuid not null references identity_user,
  name text not null,
  kind text not null check (kind in ('bearer', 'signed')),
  -- A bearer's secret is only ever compared; the secret of signatures has to be had to check them.
  secret_hash bytea,
  secret_sealed bytea,
  areas jsonb not null check (jsonb_typeof(areas) = 'object'),
  -- Null: all services of the customer that the member reaches.
  services uuid[],
  -- Empty: any address.
  addresses cidr[] not null,
  created_at timestamptz not null,
  expires_at timestamptz check (expires_at > created_at),
  revoked_at timestamptz,
  last_used_at timestamptz,
  last_used_ip inet,
  check ((secret_hash is not null) = (kind = 'bearer') and (secret_sealed is not null) = (kind = 'signed'))
);
create index on keys_key (customer_id, id desc);
create index on keys_key (user_id);

-- Of signed requests that were let through: each nonce once, for as long as its request would be let through.
create table keys_nonce (
  key_id uuid not null,
  nonce text not null,
  expires_at timestamptz not null,
  constraint keys_nonce_once primary key (key_id, nonce)
);
create index on keys_nonce (expires_at);

-- By which key something was done, and which member of the staff did it in the customer's place.
alter table audit_event add column key_id uuid;
alter table audit_event add column behalf_staff_id uuid;

-- Whoever writes events has a transaction id before the first of them gets its number. So when all transactions that
-- were running at some moment have ended, every number given out before that moment can be seen, or never will be.
create function audit_event_begun() returns trigger language plpgsql as $$
begin
  perform pg_current_xact_id();
  return null;
end $$;
create trigger audit_event_begun before insert on audit_event
  for each statement execute function audit_event_begun();

-- Up to which number events are sealed next, and the transaction that must have ended for it.
create table audit_horizon (
  one boolean primary key default true check (one),
  through_id bigint not null,
  xid xid8 not null,
  noted_at timestamptz not null
);

-- A brand's events above the block before it and up to through_id, in the order of their numbers; chained by root.
create table audit_block (
  brand text not null,
  number integer not null check (number > 0),
  through_id bigint not null,
  events bigint not null check (events > 0),
  -- Of the newest event in it.
  ends_at timestamptz not null,
  merkle_root bytea not null check (length(merkle_root) = 32),
  previous bytea not null check (length(previous) = 32),
  root bytea not null check (length(root) = 32),
  sealed_at timestamptz not null,
  primary key (brand, number),
  constraint audit_block_through_once unique (brand, through_id)
);
create trigger audit_block_append_only before update or delete or truncate on audit_block
  for each statement execute function kernel_append_only();

create table audit_chunk (
  brand text not null,
  block integer not null,
  number integer not null,
  root bytea not null check (length(root) = 32),
  event_ids bigint[] not null,
  leaves bytea not null,
  primary key (brand, block, number),
  constraint audit_chunk_whole check (length(leaves) = 32 * cardinality(event_ids))
);
create trigger audit_chunk_append_only before update or delete or truncate on audit_chunk
  for each statement execute function kernel_append_only();

-- The newest block when the ledger's root of that day was published.
create table audit_publication (
  brand text not null,
  day date not null,
  block integer not null,
  root bytea not null,
  published_at timestamptz not null,
  staff_id uuid not null,
  primary key (brand, day),
  foreign key (brand, block) references audit_block (brand, number)
);
create trigger audit_publication_append_only before update or delete or truncate on audit_publication
  for each statement execute function kernel_append_only();

-- Blocks whose events were removed; their roots stay, so that the chain goes on through them.
create table audit_removal (
  brand text not null,
  block integer not null,
  removed_at timestamptz not null,
  primary key (brand, block),
  foreign key (brand, block) references audit_block (brand, number)
);
create trigger audit_removal_append_only before update or delete or truncate on audit_removal
  for each statement execute function kernel_append_only();

-- Six months at the least, by the record's own time; the oldest block first.
create function audit_removal_made() returns trigger language plpgsql as $$
begin
  if exists (select from removed r join audit_block b on b.brand = r.brand and b.number = r.block
      where b.ends_at > (select e.at from audit_event e where e.brand = r.brand order by e.id desc limit 1) - interval '6 months') then
    raise exception 'events are kept for six months'
      using errcode = 'integrity_constraint_violation', constraint = 'audit_event_kept';
  end if;
  if exists (select from removed r where r.block > 1
      and not exists (select from audit_removal o where o.brand = r.brand and o.block = r.block - 1)) then
    raise exception 'events are removed from the oldest on'
      using errcode = 'integrity_constraint_violation', constraint = 'audit_removal_in_order';
  end if;
  return null;
end $$;
create trigger audit_removal_made after insert on audit_removal
  referencing new table as removed for each statement execute function audit_removal_made();

create function audit_event_removed() returns trigger language plpgsql as $$
declare
  stray record;
begin
  select g.id, b.number, o.block, b.brand into stray from gone g
    left join lateral (select x.brand, x.number from audit_block x where x.brand = g.brand and x.through_id >= g.id
      order by x.through_id limit 1) b on true
    left join audit_removal o on o.brand = b.brand and o.block = b.number
    where o.block is null limit 1;
  if found then
    raise exception 'event % is kept', stray.id
      using errcode = 'integrity_constraint_violation', constraint = 'audit_event_kept';
  end if;
  return null;
end $$;
drop trigger audit_event_append_only on audit_event;
create trigger audit_event_append_only before update or truncate on audit_event
  for each statement execute function kernel_append_only();
create trigger audit_event_removed after delete on audit_event
  referencing old table as gone for each statement execute function audit_event_removed();

-- What an authority asked for about a customer, on which legal basis; one of the staff asks, another one approves.
create table authorities_request (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  authority text not null,
  -- The number of its document, and the article of the law that it rests on.
  document text not null,
  article text not null,
  -- The case of the customer's terms that allows it.
  "case" text not null,
  kinds text[] not null check (cardinality(kinds) > 0),
  span_from timestamptz not null,
  span_to timestamptz not null check (span_to > span_from),
  -- Why the customer isn't told; null: it is.
  untold_reason text,
  requested_by uuid not null references identity_staff,
  requested_at timestamptz not null,
  state text not null check (state in ('waiting', 'refused', 'ready', 'downloaded', 'lapsed')),
  decided_at timestamptz,
  file_sealed bytea,
  file_sha256 text,
  events integer,
  -- Until when the file can be had, once.
  expires_at timestamptz,
  downloaded_by uuid references identity_staff,
  downloaded_at timestamptz,
  check ((file_sealed is not null) = (state = 'ready')),
  check ((downloaded_at is not null) = (state = 'downloaded'))
);
create index on authorities_request (brand, id desc);
create index on authorities_request (customer_id);
create index on authorities_request (expires_at) where state = 'ready';
