create table terms_version (
  id uuid primary key,
  brand text not null,
  version text not null,
  sha256 text not null unique,
  document jsonb not null,
  loaded_at timestamptz not null,
  unique (brand, version)
);
create trigger terms_version_append_only before update or delete or truncate on terms_version
  for each statement execute function kernel_append_only();

create table terms_acceptance (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  user_id uuid not null references identity_user,
  version_id uuid not null references terms_version,
  sha256 text not null,
  highlights text[] not null,
  method text not null check (method in ('click')),
  at timestamptz not null,
  ip inet,
  user_agent text
);
create index on terms_acceptance (customer_id, at desc);
create trigger terms_acceptance_append_only before update or delete or truncate on terms_acceptance
  for each statement execute function kernel_append_only();

-- The ledger. Amounts are micro-yuan. Credits are positive, debits negative, so that what a customer owns
-- (a liability of ours) is a positive balance; the entries of a transaction sum to zero.

create table ledger_account (
  id uuid primary key,
  brand text not null,
  kind text not null check (kind in
    ('customer_cash', 'deferred_revenue', 'revenue', 'channel_clearing', 'payment_held')),
  -- What the account is of: a customer, a product, a payment channel.
  owner text not null,
  balance_micro bigint not null default 0,
  floor_micro bigint,
  constraint ledger_account_one_of_a_kind unique (brand, kind, owner),
  constraint ledger_account_floor check (floor_micro is null or balance_micro >= floor_micro),
  -- A customer's cash always has a floor (zero for prepaid brands), also when a row is written by hand.
  constraint ledger_account_cash_floor check (kind <> 'customer_cash' or floor_micro is not null)
);

create table ledger_transaction (
  id uuid primary key,
  brand text not null,
  kind text not null,
  source text not null,
  source_id text not null,
  -- The business instant; entries are in the order of their identity.
  at timestamptz not null,
  reverses uuid references ledger_transaction,
  memo jsonb not null default '{}',
  constraint ledger_transaction_once unique (source, source_id),
  constraint ledger_transaction_reversed_once unique (reverses)
);

create table ledger_entry (
  id bigint generated always as identity primary key,
  transaction_id uuid not null references ledger_transaction,
  account_id uuid not null references ledger_account,
  amount_micro bigint not null check (amount_micro <> 0)
);
create index on ledger_entry (account_id, id desc);
create index on ledger_entry (transaction_id);

create trigger ledger_transaction_append_only before update or delete or truncate on ledger_transaction
  for each statement execute function kernel_append_only();
create trigger ledger_entry_append_only before update or delete or truncate on ledger_entry
  for each statement execute function kernel_append_only();
create trigger ledger_account_not_deleted before delete or truncate on ledger_account
  for each statement execute function kernel_append_only();

-- Entries arrive whole: every transaction in an insert sums to zero there and then, and belongs to this
-- database transaction, so nobody adds to an old one. Balances follow from entries and from nothing else.
create function ledger_entry_posted() returns trigger language plpgsql as $$
declare
  wrong uuid;
begin
  select transaction_id into wrong from posted group by transaction_id having sum(amount_micro) <> 0 limit 1;
  if found then
    raise exception 'ledger transaction % does not sum to zero', wrong
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transaction_balanced';
  end if;

  select t.id into wrong from ledger_transaction t
    where t.id in (select transaction_id from posted) and t.xmin::text <> (pg_current_xact_id()::xid)::text limit 1;
  if found then
    raise exception 'ledger transaction % is closed', wrong
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transaction_closed';
  end if;

  -- No more than this: the foreign key of each new entry holds a key share lock on its account already, and two
  -- postings to one account that both asked for a stronger one would wait for each other.
  perform 1 from ledger_account where id in (select account_id from posted) order by id for no key update;
  update ledger_account a set balance_micro = a.balance_micro + p.amount
    from (select account_id, sum(amount_micro)::bigint as amount from posted group by account_id) p
    where a.id = p.account_id;
  return null;
end $$;
create trigger ledger_entry_posted after insert on ledger_entry
  referencing new table as posted for each statement execute function ledger_entry_posted();

-- A balance changes only from inside the trigger above.
create function ledger_balance_guard() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() < 2 then
    raise exception 'balances follow from entries'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_account_derived';
  end if;
  return new;
end $$;
create trigger ledger_balance_guard before update on ledger_account
  for each row when (old is distinct from new) execute function ledger_balance_guard();
create function ledger_account_starts_empty() returns trigger language plpgsql as $$
begin
  if new.balance_micro <> 0 then
    raise exception 'an account starts at zero'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_account_derived';
  end if;
  return new;
end $$;
create trigger ledger_account_starts_empty before insert on ledger_account
  for each row execute function ledger_account_starts_empty();

-- A transaction without entries is nothing; checked when the database transaction ends.
create function ledger_transaction_has_entries() returns trigger language plpgsql as $$
begin
  if not exists (select from ledger_entry where transaction_id = new.id) then
    raise exception 'ledger transaction % has no entries', new.id
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transaction_balanced';
  end if;
  return null;
end $$;
create constraint trigger ledger_transaction_has_entries after insert on ledger_transaction
  deferrable initially deferred for each row execute function ledger_transaction_has_entries();
