-- A service that its customer gives to another customer of the brand.
create table pushes_push (
  id uuid primary key,
  brand text not null,
  service_id uuid not null references lifecycle_service,
  from_customer uuid not null references identity_customer,
  made_by uuid not null references identity_user,
  -- To whom, as its maker knows them. Whether anybody has that address isn't looked at when it is made.
  to_email text,
  to_phone_digest text,
  -- The ends of the address, for the history of who made it.
  to_shown text not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  state text not null check (state in ('open', 'accepted', 'declined', 'withdrawn', 'lapsed')),
  ended_at timestamptz,
  -- Who accepted it, or declined.
  to_customer uuid references identity_customer,
  clause_id text not null,
  clause_version text not null,
  clause_hash text not null,
  -- What passed, as it was then: without anything of a person.
  facts jsonb,
  -- Of what was passed, what its payer had paid and wasn't consumed. It stays paid by whom it was paid.
  worth_micro bigint check (worth_micro >= 0),
  check (expires_at > made_at),
  check ((state = 'open') = (ended_at is null)),
  -- The address goes with the offer.
  check (case when state = 'open' then num_nonnulls(to_email, to_phone_digest) = 1 else num_nonnulls(to_email, to_phone_digest) = 0 end),
  check ((state in ('accepted', 'declined')) = (to_customer is not null)),
  check ((state = 'accepted') = (facts is not null and worth_micro is not null)),
  check (to_customer <> from_customer)
);
-- A service is offered to one at a time.
create unique index pushes_push_once on pushes_push (service_id) where state = 'open';
create index on pushes_push (service_id);
create index on pushes_push (from_customer, made_at);
create index on pushes_push (to_customer) where to_customer is not null;
create index on pushes_push (brand, to_email) where to_email is not null;
create index on pushes_push (brand, to_phone_digest) where to_phone_digest is not null;
create index on pushes_push (expires_at) where state = 'open';

-- What has ended stays as it is; erasing a person takes the ends of the address too.
create function pushes_push_guard() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'to_shown' is distinct from to_jsonb(old) - 'to_shown' and old.state <> 'open')
    or (new.id, new.brand, new.service_id, new.from_customer, new.made_by, new.made_at, new.expires_at)
      is distinct from (old.id, old.brand, old.service_id, old.from_customer, old.made_by, old.made_at, old.expires_at) then
    raise exception 'a push that has ended stays as it is'
      using errcode = 'integrity_constraint_violation', constraint = 'pushes_push_kept';
  end if;
  return new;
end $$;
create trigger pushes_push_guard before update on pushes_push for each row execute function pushes_push_guard();
create trigger pushes_push_not_deleted before delete or truncate on pushes_push
  for each statement execute function kernel_append_only();
