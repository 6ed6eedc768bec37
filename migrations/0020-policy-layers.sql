-- What is said between the brand and one customer beside the agreement that all accept: on an order page, in a service
-- contract, in its attachments. Each names its figures as the agreement does; which goes first is the agreement's to say.
create table terms_layer (
  id uuid primary key,
  brand text not null,
  layer text not null check (layer in ('attachment', 'service-contract', 'order-page')),
  customer_id uuid not null references identity_customer,
  -- Null: for all services of the customer.
  service_id uuid references lifecycle_service,
  -- The paper by which it is cited: a contract's number and its file, an order's number and what its page said.
  number text not null,
  sha256 text not null,
  title jsonb not null,
  parameters jsonb not null,
  clauses jsonb not null,
  from_at timestamptz not null,
  -- Not any more at this instant; null: until it is ended.
  to_at timestamptz check (to_at > from_at),
  ended_at timestamptz,
  recorded_at timestamptz not null,
  check (layer <> 'order-page' or service_id is not null),
  -- Nothing that held before it was recorded is changed by it.
  check (from_at >= recorded_at)
);
create index on terms_layer (customer_id);
create index on terms_layer (brand);

-- Only its end may be written later, and only once.
create function terms_layer_guard() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null or new.ended_at is null
    or to_jsonb(new) - 'ended_at' is distinct from to_jsonb(old) - 'ended_at' then
    raise exception 'terms_layer is append-only but for its end'
      using errcode = 'integrity_constraint_violation', constraint = 'terms_layer_append_only';
  end if;
  return new;
end $$;
create trigger terms_layer_guard before update on terms_layer for each row execute function terms_layer_guard();
create trigger terms_layer_not_deleted before delete or truncate on terms_layer
  for each statement execute function kernel_append_only();

create function terms_service_own() returns trigger language plpgsql as $$
begin
  if not exists (select from lifecycle_service s
    where s.id = new.service_id and s.customer_id = new.customer_id and s.brand = new.brand) then
    raise exception 'service % is not of this customer', new.service_id
      using errcode = 'integrity_constraint_violation', constraint = 'terms_service_own';
  end if;
  return new;
end $$;
create trigger terms_layer_service before insert on terms_layer
  for each row when (new.service_id is not null) execute function terms_service_own();

-- Processes remember what they have read of terms; this tells them to read again.
create function terms_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('cloudpact', 'terms');
  return null;
end $$;
create trigger terms_layer_changed after insert or update on terms_layer
  for each statement execute function terms_changed();
create trigger terms_version_changed after insert on terms_version
  for each statement execute function terms_changed();

-- Negotiated service contracts and their attachments, as staff recorded them. A second member of the staff agrees
-- before one holds; then it is a layer.
create table negotiated_contract (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  service_id uuid references lifecycle_service,
  kind text not null check (kind in ('service-contract', 'attachment')),
  -- The contract that an attachment belongs to.
  parent_id uuid references negotiated_contract,
  number text not null,
  title text not null,
  parameters jsonb not null,
  clauses jsonb not null,
  -- Natural days of the brand, both counted in.
  valid_from date not null,
  valid_to date check (valid_to >= valid_from),
  file_name text not null,
  media_type text not null check (media_type in ('application/pdf', 'application/ofd')),
  sha256 text not null,
  state text not null check (state in ('waiting', 'agreed', 'refused', 'ended')),
  recorded_by uuid not null references identity_staff,
  recorded_at timestamptz not null,
  decided_at timestamptz,
  -- Null until it is agreed, and for one that was never.
  layer_id uuid unique references terms_layer,
  ended_at timestamptz,
  end_reason text,
  check ((kind = 'attachment') = (parent_id is not null)),
  check ((state in ('agreed', 'ended')) = (layer_id is not null)),
  check ((state = 'ended') = (ended_at is not null))
);
create unique index negotiated_contract_number on negotiated_contract (brand, number) where state <> 'refused';
create index on negotiated_contract (customer_id, id desc);
create index on negotiated_contract (brand, id desc);
create trigger negotiated_contract_service before insert on negotiated_contract
  for each row when (new.service_id is not null) execute function terms_service_own();
create trigger negotiated_contract_not_deleted before delete or truncate on negotiated_contract
  for each statement execute function kernel_append_only();

create table negotiated_file (
  contract_id uuid primary key references negotiated_contract,
  bytes bytea not null
);
create trigger negotiated_file_append_only before update or delete or truncate on negotiated_file
  for each statement execute function kernel_append_only();
