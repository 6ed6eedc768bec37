-- What people ask about their own data, what came of it, what is kept after them, and whom a breach was told to.

create table privacy_request (
  id uuid primary key,
  brand text not null,
  -- Null: somebody without an account.
  customer_id uuid references identity_customer,
  user_id uuid references identity_user,
  kind text not null check (kind in ('copy', 'correct', 'delete', 'restrict', 'other')),
  -- Their words, and of a stranger the address for the answer: sealed, gone once the person is.
  text_sealed bytea,
  contact_sealed bytea,
  asked_at timestamptz not null,
  -- Until when it has to be answered.
  due_at timestamptz not null,
  -- Of a deletion: when it is done, unless it is taken back before.
  act_at timestamptz,
  -- `stopped`: something stood in the way when it was to be done.
  state text not null check (state in ('open', 'done', 'refused', 'withdrawn', 'stopped')),
  ended_at timestamptz,
  decided_by uuid references identity_staff,
  answer text,
  check ((customer_id is null) = (user_id is null)),
  check ((state = 'open') = (ended_at is null)),
  check ((kind = 'delete' and user_id is not null) = (act_at is not null))
);
create unique index privacy_request_delete_once on privacy_request (user_id) where kind = 'delete' and state = 'open';
create index on privacy_request (user_id, id desc);
create index on privacy_request (brand, id desc);
create index on privacy_request (act_at) where state = 'open' and act_at is not null;

-- A copy of all that is kept of somebody, sealed; emptied when its time is over.
create table privacy_copy (
  id uuid primary key,
  request_id uuid not null references privacy_request,
  brand text not null,
  customer_id uuid not null references identity_customer,
  user_id uuid not null references identity_user,
  state text not null check (state in ('making', 'ready', 'gone')),
  json_sealed bytea,
  html_sealed bytea,
  made_at timestamptz,
  expires_at timestamptz not null,
  check ((state = 'ready') = (json_sealed is not null and html_sealed is not null))
);
create index on privacy_copy (user_id, id desc);
create index on privacy_copy (expires_at) where state <> 'gone';

-- Proof of an erasure: what went, what stays, by which law and until when. Names nobody.
create table privacy_certificate (
  id uuid primary key,
  request_id uuid not null unique references privacy_request,
  brand text not null,
  number text not null unique,
  -- Whoever was erased has no account any more: the number and this code open it.
  code_hash bytea not null,
  facts jsonb not null,
  sha256 text not null,
  issued_at timestamptz not null
);
create trigger privacy_certificate_append_only before update or delete or truncate on privacy_certificate
  for each statement execute function kernel_append_only();

-- What the law keeps of somebody who is gone, by table, and when it goes too.
create table privacy_kept (
  id uuid primary key,
  brand text not null,
  customer_id uuid,
  user_ids uuid[] not null,
  kept text not null,
  law text not null,
  rows bigint not null,
  due_at timestamptz not null,
  erased_at timestamptz
);
create index on privacy_kept (due_at) where erased_at is null;

-- Where consent is the basis. No row: never given.
create table privacy_consent (
  user_id uuid not null references identity_user,
  purpose text not null check (purpose in ('marketing', 'analysis')),
  given_at timestamptz not null,
  withdrawn_at timestamptz,
  primary key (user_id, purpose)
);

-- Whoever had the use of their data limited: nothing that rests on consent is done with it until it is lifted.
create table privacy_limit (
  user_id uuid primary key references identity_user,
  since timestamptz not null
);

-- An incident with personal data (PIPL art. 57): found, described, agreed by a second person, told.
create table breaches_incident (
  id uuid primary key,
  brand text not null,
  title text not null,
  -- What happened and from when to when, as far as it is known.
  happened text not null,
  from_at timestamptz not null,
  to_at timestamptz,
  found_at timestamptz not null,
  -- Until when those concerned and the authority are to be told: at once by the law, and within these hours by our own rule.
  due_at timestamptz not null,
  categories text[] not null check (cardinality(categories) > 0),
  -- What it may lead to, what was done, and what people can do, in both languages.
  effects_zh text not null,
  effects_en text not null,
  remedy_zh text not null,
  remedy_en text not null,
  -- All customers of the brand, or those of breaches_person.
  all_customers boolean not null,
  state text not null check (state in ('draft', 'asked', 'agreed', 'told', 'closed')),
  recorded_by uuid not null references identity_staff,
  recorded_at timestamptz not null,
  agreed_by uuid references identity_staff,
  agreed_at timestamptz,
  -- Why those concerned need not be told (art. 57 paragraph 2); the authority can ask for it all the same.
  untold_reason text,
  authority text,
  authority_reference text,
  authority_told_at timestamptz,
  authority_told_by uuid references identity_staff,
  closed_at timestamptz,
  check (agreed_by is null or agreed_by <> recorded_by),
  check ((agreed_by is null) = (agreed_at is null)),
  check ((authority is null) = (authority_told_at is null))
);
create index on breaches_incident (brand, id desc);

create table breaches_person (
  incident_id uuid not null references breaches_incident,
  customer_id uuid not null references identity_customer,
  told_at timestamptz,
  notice_id uuid,
  primary key (incident_id, customer_id)
);

-- What is wanted of a kind that no terms ask for, by channel; where no row says it, mail is and all else isn't, and of
-- marketing nothing is.
alter table notify_preference
  drop constraint notify_preference_channel_check,
  add constraint notify_preference_channel_check check (channel in ('email', 'sms')),
  add column wanted boolean not null default false;

-- What proves something is never edited; once its time is over, only what it says of a person goes, by room privacy alone.
create or replace function kernel_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('cloudpact.erasing', true) = tg_table_name::text and tg_table_name::text in
    ('terms_acceptance', 'terms_signed_file', 'negotiated_file', 'documents_file', 'enforcement_evidence', 'outages_affected',
      'lifecycle_certificate', 'arrears_certificate')
  then
    return null;
  end if;
  raise exception '% is append-only: % refused', tg_table_name, tg_op
    using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_append_only';
end $$;

create or replace function documents_title_stands() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('cloudpact.erasing', true) = 'documents_title'
    and (new.id, new.brand, new.customer_id, new.kind, new.created_at) = (old.id, old.brand, old.customer_id, old.kind, old.created_at) then
    return new;
  end if;
  if tg_op = 'DELETE' or old.removed_at is not null
    or (to_jsonb(new) - 'removed_at') <> (to_jsonb(old) - 'removed_at') then
    raise exception 'a title is never edited'
      using errcode = 'integrity_constraint_violation', constraint = 'documents_title_stands';
  end if;
  return new;
end $$;

create or replace function documents_contract_stands() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('cloudpact.erasing', true) = 'documents_contract'
    and (to_jsonb(new) - 'facts') = (to_jsonb(old) - 'facts') then
    return new;
  end if;
  if tg_op = 'DELETE' or old.state in ('sealed', 'refused')
    or (to_jsonb(new) - '{number,state,reason,decided_at,sealed_at,file_id,sha256,certificate}'::text[])
      <> (to_jsonb(old) - '{number,state,reason,decided_at,sealed_at,file_id,sha256,certificate}'::text[]) then
    raise exception 'contract % stands as it is', old.number
      using errcode = 'integrity_constraint_violation', constraint = 'documents_contract_stands';
  end if;
  return new;
end $$;
