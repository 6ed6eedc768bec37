-- Roles of staff, their second factor, and visits: staff logged in as a customer.

-- Who left signs in no more; what they did keeps their name.
alter table identity_staff add column ended_at timestamptz;

-- Of a customer's session that staff opened: who.
alter table identity_session add column behalf_staff_id uuid references identity_staff;

-- Roles beside the built-in ones (server/modules/staff/rules.ts): {"money": "read"}.
create table staff_role (
  id uuid primary key,
  name text not null,
  areas jsonb not null check (jsonb_typeof(areas) = 'object'),
  made_by uuid not null references identity_staff,
  made_at timestamptz not null,
  ended_at timestamptz
);
create unique index staff_role_name on staff_role (lower(name)) where ended_at is null;

-- Who holds which role: a built-in one's name or a staff_role's id; on one brand, or on all.
create table staff_holding (
  staff_id uuid not null references identity_staff,
  role text not null,
  brand text,
  granted_by uuid references identity_staff,
  granted_at timestamptz not null,
  constraint staff_holding_once unique nulls not distinct (staff_id, role, brand)
);
create index on staff_holding (role);

-- Everybody of the staff could do everything so far.
insert into staff_holding (staff_id, role, granted_at) select id, 'admin', created_at from identity_staff;

-- Sessions of staff whose second factor was shown, and when last. Without it, only that can be done.
create table staff_proof (
  session_id uuid primary key references identity_session,
  staff_id uuid not null references identity_staff,
  at timestamptz not null
);

-- A lost second factor: one asks, another one decides.
create table staff_factor_reset (
  id uuid primary key,
  staff_id uuid not null references identity_staff,
  asked_by uuid not null references identity_staff,
  reason text not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  state text not null check (state in ('waiting', 'done', 'refused', 'lapsed')),
  decided_by uuid references identity_staff,
  decided_at timestamptz,
  check (decided_by is null or decided_by not in (asked_by, staff_id)),
  check ((state = 'waiting') = (decided_at is null))
);
create unique index staff_factor_reset_once on staff_factor_reset (staff_id) where state = 'waiting';

-- Staff logged in as a customer, why, and in which of their own sessions: without that one it ends.
create table staff_visit (
  id uuid primary key,
  brand text not null,
  staff_id uuid not null references identity_staff,
  staff_session_id uuid not null references identity_session,
  session_id uuid not null unique references identity_session,
  customer_id uuid not null references identity_customer,
  reason text not null,
  writes boolean not null,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index on staff_visit (customer_id);
create index on staff_visit (staff_session_id) where ended_at is null;
