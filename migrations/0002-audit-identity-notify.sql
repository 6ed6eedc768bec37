create table audit_event (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  brand text not null,
  actor_kind text not null check (actor_kind in ('system', 'visitor', 'customer', 'staff')),
  actor_id text,
  actor_name text,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  customer_id uuid,
  clause_id text,
  clause_version text,
  clause_hash text,
  facts jsonb not null default '{}',
  notices uuid[] not null default '{}',
  ip inet,
  request_id text,
  check ((clause_id is null) = (clause_version is null) and (clause_id is null) = (clause_hash is null))
);
create index on audit_event (customer_id, id desc);
create index on audit_event (subject_id, id desc);
create trigger audit_event_append_only before update or delete or truncate on audit_event
  for each statement execute function kernel_append_only();

create table identity_customer (
  id uuid primary key,
  brand text not null,
  kind text not null check (kind in ('person', 'company')),
  -- What the customer said of its age at sign-up; a passed real-name check corrects it.
  minor boolean not null,
  real_name_passed_at timestamptz,
  real_name_method text,
  guardian_consent_at timestamptz,
  guardian_consent_reference text,
  created_at timestamptz not null
);

create table identity_user (
  id uuid primary key,
  brand text not null,
  email text not null,
  email_normal text not null,
  email_verified_at timestamptz,
  password_hash text not null,
  locale text not null check (locale in ('zh', 'en')),
  created_at timestamptz not null,
  constraint identity_user_email_taken unique (brand, email_normal)
);

create table identity_member (
  customer_id uuid not null references identity_customer,
  user_id uuid not null references identity_user,
  role text not null check (role in ('owner')),
  created_at timestamptz not null,
  primary key (customer_id, user_id)
);
create index on identity_member (user_id);

create table identity_staff (
  id uuid primary key,
  email text not null,
  email_normal text not null constraint identity_staff_email_taken unique,
  name text not null,
  password_hash text not null,
  created_at timestamptz not null
);

create table identity_session (
  id uuid primary key,
  token_hash bytea not null unique,
  brand text not null,
  user_id uuid references identity_user,
  customer_id uuid references identity_customer,
  staff_id uuid references identity_staff,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ip inet,
  user_agent text,
  check ((staff_id is null) = (user_id is not null and customer_id is not null))
);
create index on identity_session (user_id) where ended_at is null;

create table identity_email_code (
  user_id uuid primary key references identity_user,
  code_hash bytea not null,
  attempts int not null default 0,
  sent_at timestamptz not null,
  expires_at timestamptz not null
);

-- Each attempt, and only whether it passed: neither name nor number is ever stored (蓝天云 2.2).
create table identity_real_name_check (
  id uuid primary key,
  customer_id uuid not null references identity_customer,
  at timestamptz not null,
  method text not null,
  result text not null check (result in ('pass', 'fail'))
);
create index on identity_real_name_check (customer_id, at);

create table notify_notice (
  id uuid primary key,
  brand text not null,
  customer_id uuid references identity_customer,
  user_id uuid references identity_user,
  kind text not null,
  -- One notice for one cause, however often the cause is looked at.
  dedupe text not null constraint notify_notice_dedupe unique,
  channel text not null check (channel in ('email')),
  address text not null,
  locale text not null check (locale in ('zh', 'en')),
  subject text not null,
  body text not null,
  -- Codes are not shown again on the site, and leave the body once delivered.
  secret boolean not null default false,
  state text not null check (state in ('queued', 'sent', 'failed')),
  created_at timestamptz not null,
  sent_at timestamptz
);
create index on notify_notice (customer_id, created_at desc);

create table notify_attempt (
  notice_id uuid not null references notify_notice,
  number int not null,
  at timestamptz not null,
  outcome text not null check (outcome in ('sent', 'retry', 'refused')),
  detail text,
  primary key (notice_id, number)
);

-- Where mail lands while no mail server is configured; never used in production.
create table notify_sandbox_mail (
  id uuid primary key,
  brand text not null,
  sender text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  at timestamptz not null
);
create index on notify_sandbox_mail (brand, at desc);
