-- How somebody shows that it is them, beside a password: of users and of staff alike.

create table factors_totp (
  id uuid primary key,
  owner_kind text not null check (owner_kind in ('user', 'staff')),
  owner_id uuid not null,
  secret_sealed bytea not null,
  created_at timestamptz not null,
  -- Null until its owner showed that an authenticator makes its codes.
  confirmed_at timestamptz,
  last_used_at timestamptz,
  -- The newest time step whose code was accepted (RFC 6238 §5.2): it and all before it are refused.
  last_step bigint
);
create unique index factors_totp_one on factors_totp (owner_kind, owner_id, (confirmed_at is not null));

create table factors_passkey (
  id uuid primary key,
  owner_kind text not null check (owner_kind in ('user', 'staff')),
  owner_id uuid not null,
  -- The host that it was made for: it opens nothing elsewhere.
  rp_id text not null,
  credential_id text not null constraint factors_passkey_known unique,
  public_key bytea not null,
  sign_count bigint not null check (sign_count >= 0),
  transports text[] not null,
  name text not null,
  -- Kept by a password manager or a cloud, so that it is on more than one device.
  synced boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  -- Its counter went back: it may have been copied, and is no longer accepted.
  refused_at timestamptz
);
create index on factors_passkey (owner_kind, owner_id);

create table factors_recovery_code (
  code_hash bytea primary key,
  owner_kind text not null check (owner_kind in ('user', 'staff')),
  owner_id uuid not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create index on factors_recovery_code (owner_kind, owner_id);

-- 亚云 6.1: a second step of recovery, never alone.
create table factors_question (
  user_id uuid primary key references identity_user,
  question text not null,
  answer_hash text not null,
  set_at timestamptz not null
);

-- What was begun and waits for an answer: a sign-in for its second factor, a passkey to be made or shown, a recovery.
create table factors_challenge (
  token_hash bytea primary key,
  purpose text not null check (purpose in ('sign-in', 'passkey-sign-in', 'passkey-enrol', 'prove', 'recovery')),
  brand text not null,
  owner_kind text check (owner_kind in ('user', 'staff')),
  owner_id uuid,
  customer_id uuid references identity_customer,
  -- How the first step was taken.
  taken_by text,
  -- What a passkey has to sign.
  passkey_challenge text,
  attempts int not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  check ((owner_kind is null) = (owner_id is null)),
  check (owner_id is not null or purpose = 'passkey-sign-in')
);
create index on factors_challenge (expires_at);

-- A code on its way to an address, or one that went nowhere because no account has the address: both look alike.
create table factors_recovery (
  brand text not null,
  address_digest text not null,
  user_id uuid references identity_user,
  code_hash bytea not null,
  attempts int not null default 0,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (brand, address_digest)
);
create index on factors_recovery (expires_at);

-- How a session began, and when it last showed a password or a factor.
alter table identity_session
  add column opened_by text,
  add column proved_at timestamptz;
update identity_session set proved_at = created_at;
