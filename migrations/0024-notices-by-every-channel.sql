-- A notice goes out by the channels that the terms ask for, and counts by what came of each.

-- How a customer is reached beside its mailbox: sealed, with what may be shown. Emptied when it is replaced or removed.
-- A mailbox stands here only while a new one is being verified.
create table identity_contact (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  user_id uuid not null references identity_user,
  kind text not null check (kind in ('email', 'phone', 'qq', 'wechat')),
  sealed bytea,
  -- A keyed fingerprint: tells equal values, can't be guessed without the key.
  digest text not null,
  shown text not null,
  state text not null check (state in ('asked', 'current', 'gone')),
  stated_at timestamptz not null,
  verified_at timestamptz,
  gone_at timestamptz,
  -- Found not to reach anybody.
  invalid_at timestamptz,
  check ((state = 'gone') = (gone_at is not null) and (state <> 'gone' or sealed is null)),
  check (state <> 'current' or kind in ('qq', 'wechat') or verified_at is not null)
);
create unique index identity_contact_current on identity_contact (customer_id, kind) where state = 'current';
create index on identity_contact (customer_id);

create table identity_contact_code (
  id uuid primary key,
  contact_id uuid not null references identity_contact,
  user_id uuid not null references identity_user,
  digest text not null,
  code_hash bytea not null,
  attempts int not null default 0,
  sent_at timestamptz not null,
  expires_at timestamptz not null
);
create index on identity_contact_code (user_id, sent_at);
create index on identity_contact_code (digest, sent_at);

alter table identity_user add column email_invalid_at timestamptz;

-- The notice is its first delivery too: by mail, or for all to see in the inbox alone. 'record': by the rows below alone.
alter table notify_notice drop constraint notify_notice_channel_check;
alter table notify_notice
  add constraint notify_notice_channel check (channel in ('email', 'in-site', 'record')),
  add column read_at timestamptz,
  -- By what staff tell when nothing that goes by itself got through.
  add column otherwise text[];
alter table notify_attempt drop constraint notify_attempt_outcome_check;
alter table notify_attempt
  add constraint notify_attempt_outcome check (outcome in ('sent', 'retry', 'refused', 'bounced'));
-- What didn't arrive, looked up by its attempts: an index over a notice's state would make each delivery write all others.
create index notify_attempt_lost on notify_attempt (at desc) where outcome in ('refused', 'bounced');

create table notify_delivery (
  id uuid primary key,
  notice_id uuid not null references notify_notice,
  brand text not null,
  channel text not null check (channel in ('sms', 'phone', 'qq', 'wechat', 'site')),
  contact_id uuid references identity_contact,
  announcement_id uuid,
  -- As it may be shown; the whole of it is sealed in identity_contact.
  address text not null,
  template text,
  vars jsonb,
  body text not null,
  -- queued: a job sends it; open: waits for staff; sent: taken, a report is awaited; delivered; failed.
  state text not null check (state in ('queued', 'open', 'sent', 'delivered', 'failed')),
  outcome text,
  receipt text,
  created_at timestamptz not null,
  sent_at timestamptz,
  ended_at timestamptz,
  -- When the report is asked for next, and how often it was.
  query_at timestamptz,
  queries int not null default 0,
  unique (notice_id, channel),
  check ((state in ('delivered', 'failed')) = (ended_at is not null))
);
create index on notify_delivery (query_at) where query_at is not null;
create index notify_delivery_lost on notify_delivery (created_at desc) where state = 'failed';
create index notify_delivery_open on notify_delivery (brand, id) where state = 'open';

create table notify_delivery_attempt (
  delivery_id uuid not null references notify_delivery,
  number int not null,
  at timestamptz not null,
  outcome text not null check (outcome in ('sent', 'retry', 'refused', 'delivered', 'undelivered', 'reached', 'no-answer', 'wrong-contact')),
  detail text,
  staff_id uuid references identity_staff,
  primary key (delivery_id, number)
);

-- What anybody may read on a brand's site, from a time and perhaps until one.
create table notify_announcement (
  id uuid primary key,
  brand text not null,
  kind text not null,
  dedupe text not null constraint notify_announcement_dedupe unique,
  title_zh text not null,
  title_en text not null,
  body_zh text not null,
  body_en text not null,
  clause_id text,
  from_at timestamptz not null,
  until_at timestamptz,
  posted_at timestamptz not null,
  posted_by uuid references identity_staff,
  check (until_at is null or until_at > from_at)
);
create index on notify_announcement (brand, from_at desc);
alter table notify_delivery add foreign key (announcement_id) references notify_announcement;
-- What was announced stays as it was; only its end may come earlier.
create function notify_announcement_kept() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or row(new.id, new.brand, new.kind, new.dedupe, new.title_zh, new.title_en, new.body_zh, new.body_en,
      new.clause_id, new.from_at, new.posted_at, new.posted_by)
    is distinct from row(old.id, old.brand, old.kind, old.dedupe, old.title_zh, old.title_en, old.body_zh, old.body_en,
      old.clause_id, old.from_at, old.posted_at, old.posted_by) then
    raise exception 'an announcement is not edited' using errcode = 'integrity_constraint_violation',
      constraint = 'notify_announcement_kept';
  end if;
  return new;
end $$;
create trigger notify_announcement_kept before update or delete on notify_announcement
  for each row execute function notify_announcement_kept();
create trigger notify_announcement_whole before truncate on notify_announcement
  for each statement execute function kernel_append_only();

-- What a user doesn't want by which channel; only kinds that no terms ask for.
create table notify_preference (
  user_id uuid not null references identity_user,
  topic text not null,
  channel text not null check (channel in ('email')),
  set_at timestamptz not null,
  primary key (user_id, topic, channel)
);

alter table notify_sandbox_mail add column channel text not null default 'email' check (channel in ('email', 'sms'));

-- A contact that was found to reach nobody, until when it has to be corrected, and what came of it.
create table contacts_fault (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  kind text not null check (kind in ('email', 'phone', 'qq', 'wechat')),
  shown text not null,
  found_at timestamptz not null,
  -- The notice that didn't arrive, where one was the occasion.
  notice_id uuid references notify_notice,
  detail text not null,
  -- Null where the customer's terms set no time.
  correct_by timestamptz,
  state text not null check (state in ('open', 'overdue', 'corrected')),
  ended_at timestamptz,
  notices uuid[] not null default '{}',
  check ((state = 'corrected') = (ended_at is not null))
);
create unique index contacts_fault_open on contacts_fault (customer_id, kind) where state <> 'corrected';
create index on contacts_fault (correct_by) where state = 'open';
create index on contacts_fault (brand, id);
