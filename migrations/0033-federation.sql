-- Sign-up and sign-in by a phone, and by accounts that a third party keeps.

-- A mailbox is one way to know somebody, a phone is another; a password is one way to sign in among several.
alter table identity_user
  alter column email drop not null,
  alter column email_normal drop not null,
  alter column password_hash drop not null,
  -- A keyed fingerprint of the number: tells equal ones, can't be guessed without the key.
  add column phone_digest text,
  add column phone_shown text,
  add column phone_verified_at timestamptz,
  add constraint identity_user_phone_taken unique (brand, phone_digest),
  -- A phone is only ever written down verified; a mailbox waits for its code.
  add constraint identity_user_phone_whole check (num_nulls(phone_digest, phone_shown, phone_verified_at) in (0, 3)),
  add constraint identity_user_mail_whole check (
    (email is null) = (email_normal is null) and (email is not null or email_verified_at is null)
  ),
  add constraint identity_user_identified check (email is not null or phone_digest is not null);

-- Whoever has one verified identifier never loses the last: nobody could tell any more whose account it is.
create function identity_user_stays_identified() returns trigger language plpgsql as $$
begin
  if (old.email_verified_at is not null or old.phone_verified_at is not null)
    and new.email_verified_at is null and new.phone_verified_at is null then
    raise exception 'the last verified identifier of a user stays' using errcode = 'integrity_constraint_violation',
      constraint = 'identity_user_stays_identified';
  end if;
  return new;
end $$;
create trigger identity_user_stays_identified before update on identity_user
  for each row execute function identity_user_stays_identified();

-- A session is of somebody who was identified: the sign-in of an address that waits for its code is refused here too.
create function identity_session_identified() returns trigger language plpgsql as $$
begin
  if new.user_id is not null and not exists (select from identity_user u where u.id = new.user_id
      and (u.email_verified_at is not null or u.phone_verified_at is not null)) then
    raise exception 'a session needs a verified identifier' using errcode = 'integrity_constraint_violation',
      constraint = 'identity_session_identified';
  end if;
  return new;
end $$;
create trigger identity_session_identified before insert on identity_session
  for each row execute function identity_session_identified();

-- A code on its way to a number that may be anybody's: whether it has an account isn't looked at before it comes back.
create table federation_phone_code (
  id uuid primary key,
  brand text not null,
  digest text not null,
  -- The number, for the sender of SMS; gone with the row after three days.
  sealed bytea not null,
  shown text not null,
  code_hash bytea not null,
  attempts int not null default 0,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index on federation_phone_code (brand, digest, sent_at);
create index on federation_phone_code (sent_at);

-- Accounts of third parties that belong to a user; of what they are called there only keyed fingerprints.
create table federation_binding (
  id uuid primary key,
  brand text not null,
  user_id uuid not null references identity_user,
  provider text not null check (provider in ('oidc', 'qq', 'wechat', 'github')),
  subject_digest text not null,
  -- Of the person across all applications of one operator, where the provider tells it (QQ, WeChat).
  union_digest text,
  -- What its owner knows it by: a nickname there.
  nickname text not null,
  bound_at timestamptz not null,
  used_at timestamptz,
  constraint federation_binding_taken unique (brand, provider, subject_digest),
  constraint federation_binding_union_taken unique (brand, provider, union_digest),
  constraint federation_binding_one unique (user_id, provider)
);

-- What was begun counts once: an answer that comes a second time finds its state here.
create table federation_state_used (
  state_hash bytea primary key,
  at timestamptz not null
);
create index on federation_state_used (at);

-- An SMS to a number that is no contact of anybody's yet.
alter table notify_delivery add column phone_code_id uuid;
-- Who has no mailbox can't be told by mail; that it wasn't possible is on record.
alter table notify_attempt drop constraint notify_attempt_outcome;
alter table notify_attempt
  add constraint notify_attempt_outcome check (outcome in ('sent', 'retry', 'refused', 'bounced', 'no-mailbox'));
