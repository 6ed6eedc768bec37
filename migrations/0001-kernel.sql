-- Idempotency keys, the identity of this deployment, and what "append-only" means.

create table kernel_idempotency (
  owner text not null,
  key text not null,
  request_hash text not null,
  status int not null,
  answer jsonb,
  created_at timestamptz not null,
  primary key (owner, key)
);

-- Names everything that this deployment makes on hypervisors.
create table kernel_deployment (
  singleton boolean primary key default true check (singleton),
  id text not null,
  -- Tells a foreign sealing key before anything is sealed with it or fails to open.
  seal_fingerprint text,
  created_at timestamptz not null default now()
);
insert into kernel_deployment (id) values (substr(replace(gen_random_uuid()::text, '-', ''), 1, 8));

create function kernel_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op
    using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_append_only';
end $$;

-- Counters of kernel/throttle.ts, in the shape that rate-limiter-flexible expects.
create table kernel_throttle (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
