-- One customer, many people: roles and grants of members, invitations, who is responsible for which product.

alter table identity_member
  drop constraint identity_member_role_check,
  add constraint identity_member_role_check
    check (role in ('owner', 'admin', 'billing', 'technical', 'support', 'read-only', 'custom')),
  -- Of a custom role: {"services": "write", "money": "read"}.
  add column areas jsonb,
  -- Of a custom role that reaches some services only; null: all of the customer's.
  add column services uuid[],
  add column given_by uuid references identity_user,
  add constraint identity_member_custom check (
    (role = 'custom') = (areas is not null) and (role = 'custom' or services is null)
    and (areas is null or jsonb_typeof(areas) = 'object')
  );

-- An account is its owner's (亚云 2.1.4): there is exactly one, from the first day to the last.
create unique index identity_member_owner on identity_member (customer_id) where role = 'owner';
create function identity_owner_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'the owner of an account stays' using errcode = 'integrity_constraint_violation',
      constraint = 'identity_owner_stays';
  end if;
  if (old.role = 'owner' or new.role = 'owner')
    and (old.role, old.customer_id, old.user_id) is distinct from (new.role, new.customer_id, new.user_id) then
    raise exception 'an account goes to nobody else' using errcode = 'integrity_constraint_violation',
      constraint = 'identity_owner_stays';
  end if;
  return new;
end $$;
create trigger identity_owner_not_changed before update on identity_member
  for each row execute function identity_owner_stays();
create trigger identity_owner_not_deleted before delete on identity_member
  for each row when (old.role = 'owner') execute function identity_owner_stays();

-- Somebody is asked into an account, at one address and until a day; the token goes by mail and is kept nowhere.
create table members_invitation (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  -- Null once it is of no use any more.
  email text,
  email_normal text,
  role text not null check (role in ('admin', 'billing', 'technical', 'support', 'read-only', 'custom')),
  areas jsonb,
  services uuid[],
  token_hash bytea not null unique,
  invited_by uuid not null references identity_user,
  invited_at timestamptz not null,
  expires_at timestamptz not null,
  state text not null check (state in ('open', 'accepted', 'withdrawn', 'expired')),
  ended_at timestamptz,
  accepted_by uuid references identity_user,
  check ((state = 'open') = (ended_at is null)),
  check ((state = 'open') = (email is not null) and (email is null) = (email_normal is null)),
  check ((state = 'accepted') = (accepted_by is not null)),
  check ((role = 'custom') = (areas is not null))
);
create unique index members_invitation_once on members_invitation (customer_id, email_normal) where state = 'open';
create index on members_invitation (customer_id, id desc);
create index on members_invitation (expires_at) where state = 'open';

-- Who of a customer is responsible for a product, and by which number besides the mailbox (七牛云 3.1.6).
create table reach_responsible (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  product text not null,
  user_id uuid not null references identity_user,
  -- A phone for when it burns; null once another took over.
  phone_sealed bytea,
  phone_shown text,
  named_at timestamptz not null,
  named_by uuid not null references identity_user,
  ended_at timestamptz,
  check (ended_at is null or phone_sealed is null)
);
create unique index reach_responsible_one on reach_responsible (customer_id, product) where ended_at is null;
create index on reach_responsible (user_id) where ended_at is null;
