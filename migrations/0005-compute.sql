create table compute_node (
  id uuid primary key,
  name text not null unique,
  driver text not null check (driver in ('lxd', 'simulated')),
  config jsonb not null,
  regions text[] not null,
  public_address inet not null,
  subnet cidr not null,
  port_from int not null check (port_from >= 10000),
  port_to int not null check (port_to <= 65535),
  enabled boolean not null default true,
  product text,
  simulated boolean not null default false,
  cpus int,
  memory_bytes bigint,
  disk_bytes bigint,
  images text[] not null default '{}',
  seen_at timestamptz,
  error text,
  check (port_to > port_from)
);

create table compute_instance (
  id uuid primary key references lifecycle_service,
  brand text not null,
  customer_id uuid not null references identity_customer,
  node_id uuid not null references compute_node,
  name text not null unique,
  -- A slot is a private address and a range of public ports; whoever holds it holds both.
  slot int check (slot >= 0),
  hostname text not null,
  image text not null,
  image_remote jsonb,
  cpus int not null,
  memory_bytes bigint not null,
  disk_bytes bigint not null,
  processes int not null,
  bandwidth_bps bigint not null,
  ports int not null,
  -- Desired: what the customer wants, and what the terms allow.
  wanted_power text not null check (wanted_power in ('running', 'stopped')),
  allowed text not null check (allowed in ('yes', 'suspended', 'gone')),
  restart_wanted int not null default 0,
  restart_done int not null default 0,
  -- The first password or key; the seal is removed once it has been put in place.
  sealed_access bytea,
  access_applied_at timestamptz,
  -- Observed.
  power text check (power in ('running', 'stopped')),
  observed_at timestamptz,
  ready_at timestamptz,
  gone_at timestamptz,
  reconcile_at timestamptz,
  failures int not null default 0,
  last_error text,
  gave_up_at timestamptz,
  created_at timestamptz not null,
  constraint compute_instance_slot unique (node_id, slot)
);
create index on compute_instance (customer_id);
create index on compute_instance (reconcile_at) where reconcile_at is not null;

create table compute_mapping (
  id uuid primary key,
  instance_id uuid not null references compute_instance,
  node_id uuid not null references compute_node,
  protocol text not null check (protocol in ('tcp', 'udp')),
  listen_port int not null check (listen_port between 10000 and 65535),
  target_port int not null check (target_port between 1 and 65535),
  created_at timestamptz not null,
  constraint compute_mapping_port_taken unique (node_id, protocol, listen_port)
);
create index on compute_mapping (instance_id);

create table compute_step (
  id bigint generated always as identity primary key,
  instance_id uuid not null references compute_instance,
  step text not null,
  state text not null check (state in ('started', 'done', 'failed')),
  detail text,
  at timestamptz not null
);
create index on compute_step (instance_id, id);

create table compute_sample (
  instance_id uuid not null references compute_instance,
  at timestamptz not null,
  cpu_ns bigint not null,
  memory_bytes bigint not null,
  disk_bytes bigint not null,
  received_bytes bigint not null,
  sent_bytes bigint not null,
  processes int not null,
  primary key (instance_id, at)
);

-- Whether an image server could be reached when it was last asked; an image that only it has is sold only then.
create table compute_remote (
  server text primary key,
  reachable boolean not null,
  asked_at timestamptz not null
);
