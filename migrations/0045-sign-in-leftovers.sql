-- Sign-in and recovery: sessions that end for lack of use, a number's holder, codes' price, failures, coming of age.

-- A session that nothing came from for so long opens nothing. Kept with it: what holds for new ones changes none of these.
alter table identity_session add column idle_seconds int not null default 604800 check (idle_seconds > 0);
update identity_session set idle_seconds = 3600 where staff_id is not null or behalf_staff_id is not null;

-- From now on this is when a code last came back from the number, not when it first did.
update identity_user u
  set phone_verified_at = greatest(u.phone_verified_at, s.at)
  from (
    select user_id, max(created_at) as at from identity_session where opened_by like 'sms-code%' group by user_id
  ) s
  where s.user_id = u.id and u.phone_digest is not null;

-- Whoever has a number that nothing came back from for long is to show that it is still its account's own.
alter table factors_challenge
  drop constraint factors_challenge_purpose_check,
  add constraint factors_challenge_purpose_check
    check (purpose in ('sign-in', 'passkey-sign-in', 'passkey-enrol', 'prove', 'recovery', 'holder')),
  -- Of a code that was mailed for it.
  add column code_hash bytea;

-- Which network asked for a code and of which ten thousand numbers it is one, as keyed fingerprints: what one costs
-- grows with how many of them went there and never came back.
alter table federation_phone_code add column network text, add column segment text;
create index on federation_phone_code (brand, sent_at);

-- Proofs that weren't right: one row for each hour, account and kind, which goes into the record of acts when the hour is
-- over. Names that nobody has share a few rows, so that as much is written for them.
create table factors_failure (
  id uuid primary key,
  brand text not null,
  -- Of whom, or which of the shared rows.
  name text not null,
  owner_kind text check (owner_kind in ('user', 'staff')),
  owner_id uuid,
  what text not null check (what in ('sign-in', 'second-factor', 'recovery', 'proof')),
  closes_at timestamptz not null,
  times int not null default 1 check (times > 0),
  first_at timestamptz not null,
  last_at timestamptz not null,
  -- Of the last one.
  ip inet,
  check ((owner_kind is null) = (owner_id is null)),
  constraint factors_failure_one unique (brand, name, what, closes_at)
);
create index on factors_failure (closes_at);

-- When a minor whose number told it comes of age; forgotten once it has, and with a check by hand.
alter table verification_identity add column of_age_at timestamptz;
create index on verification_identity (of_age_at) where of_age_at is not null and ended_at is null;
alter table verification_review add column of_age_at timestamptz;
