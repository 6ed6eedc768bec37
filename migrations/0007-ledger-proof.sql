-- The ledger posts set-wise in one call, keeps the balance after each entry, knows whose each account is, and seals
-- its closed days into a chain of Merkle roots (server/modules/ledger/README.md has the format).

-- Whose an account is, where it is a customer's. The owner of a gift is its grant, so the owner alone doesn't say it.
alter table ledger_account add column customer text;
alter table ledger_account disable trigger ledger_balance_guard;
update ledger_account set customer = owner
  where kind in ('customer_cash', 'customer_frozen', 'receivable', 'withdrawal_transit');
alter table ledger_account enable trigger ledger_balance_guard;
alter table ledger_account add constraint ledger_account_customer_known check ((customer is not null) =
  (kind in ('customer_cash', 'customer_gift', 'customer_frozen', 'receivable', 'withdrawal_transit')));
create index ledger_account_of_customer on ledger_account (brand, customer) where customer is not null;
-- Balances are updated in place, on the same page.
alter table ledger_account set (fillfactor = 70);

-- Nothing that a key could be missing from is ever deleted, and ledger_entry_posted looks up both sides set-wise.
alter table ledger_entry drop constraint ledger_entry_transaction_id_fkey;
alter table ledger_entry drop constraint ledger_entry_account_id_fkey;
-- The account's balance right after the entry: a statement reads a page, never the whole account.
alter table ledger_entry add column balance_micro bigint;
alter table ledger_entry disable trigger ledger_entry_append_only;
update ledger_entry e set balance_micro = r.balance_micro
  from (select id, (sum(amount_micro) over (partition by account_id order by id))::bigint as balance_micro
    from ledger_entry) r
  where r.id = e.id;
alter table ledger_entry enable trigger ledger_entry_append_only;
alter table ledger_entry alter column balance_micro set not null;

alter table ledger_transaction drop constraint ledger_transaction_reversed_once;
create unique index ledger_transaction_reversed_once on ledger_transaction (reverses) where reverses is not null;
create index ledger_transaction_by_time on ledger_transaction (brand, at);

-- A day (natural, in the brand's zone) whose books are closed: nothing dated before its end is posted any more.
create table ledger_day (
  brand text not null,
  day date not null,
  ends_at timestamptz not null,
  closed_at timestamptz not null,
  primary key (brand, day),
  constraint ledger_day_ends_once unique (brand, ends_at)
);
create trigger ledger_day_append_only before update or delete or truncate on ledger_day
  for each statement execute function kernel_append_only();

-- While a closed day waits to be sealed: every database transaction that may still hold a posting of it is older.
create table ledger_horizon (
  brand text not null,
  day date not null,
  xid xid8 not null,
  primary key (brand, day)
);

create table ledger_root (
  brand text not null,
  day date not null,
  entries bigint not null check (entries > 0),
  merkle_root bytea not null check (length(merkle_root) = 32),
  previous bytea not null check (length(previous) = 32),
  root bytea not null check (length(root) = 32),
  sealed_at timestamptz not null,
  primary key (brand, day)
);
create trigger ledger_root_append_only before update or delete or truncate on ledger_root
  for each statement execute function kernel_append_only();

-- The leaves of a sealed day in order, 256 a row: a proof reads few of them, and a difference is traced to its entry.
create table ledger_chunk (
  brand text not null,
  day date not null,
  number integer not null,
  first_entry bigint not null,
  last_entry bigint not null,
  root bytea not null check (length(root) = 32),
  entry_ids bigint[] not null,
  leaves bytea not null,
  primary key (brand, day, number),
  constraint ledger_chunk_whole check (length(leaves) = 32 * cardinality(entry_ids))
);
create trigger ledger_chunk_append_only before update or delete or truncate on ledger_chunk
  for each statement execute function kernel_append_only();

create table ledger_publication (
  brand text not null,
  day date not null,
  published_at timestamptz not null,
  staff_id uuid not null,
  primary key (brand, day)
);
create trigger ledger_publication_append_only before update or delete or truncate on ledger_publication
  for each statement execute function kernel_append_only();

-- A transaction comes in one statement with its entries (data-modifying WITH), into a day that is open. Whoever reads
-- an older state of the database than the newest could not see that a day was closed, so that is refused.
drop trigger ledger_transaction_has_entries on ledger_transaction;
drop function ledger_transaction_has_entries();
create function ledger_transaction_made() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  wrong record;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the ledger is posted to in read committed transactions'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transaction_isolation';
  end if;
  select m.id into wrong from made m
    left join lateral (select true as found from ledger_entry e where e.transaction_id = m.id limit 1) entry on true
    where entry.found is null limit 1;
  if found then
    raise exception 'ledger transaction % has no entries', wrong.id
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transaction_balanced';
  end if;
  select m.brand, m.at into wrong from (select brand, min(at) as at from made group by brand) m
    cross join lateral (select from ledger_day d where d.brand = m.brand and d.ends_at > m.at limit 1) closed limit 1;
  if found then
    raise exception 'the books of % are closed beyond %', wrong.brand, wrong.at
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_day_closed';
  end if;
  return null;
end $$;
create trigger ledger_transaction_made after insert on ledger_transaction
  referencing new table as made for each statement execute function ledger_transaction_made();

-- Entries arrive whole: every transaction in an insert sums to zero there and then, is of this database transaction
-- (so nobody adds to an old one) and of its accounts' brand; balances follow from entries and from nothing else.
-- Nested loops over keys, whatever the sizes: a plan made for a big batch is kept for small ones, and the other way round.
create or replace function ledger_entry_posted() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  transactions record;
  accounts record;
  sunk jsonb;
begin
  select bool_or(p.amount <> 0) as unbalanced, bool_and(t.xmin is not distinct from pg_current_xact_id()::xid) as open,
      min(t.brand) as brand, count(distinct t.brand) as brands into transactions
    from (select transaction_id, sum(amount_micro) as amount from posted group by transaction_id) p
    left join lateral (select x.xmin, x.brand from ledger_transaction x where x.id = p.transaction_id limit 1) t on true;
  if transactions.unbalanced then
    raise exception 'a ledger transaction does not sum to zero'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transaction_balanced';
  end if;
  if not transactions.open then
    raise exception 'a ledger transaction is closed'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transaction_closed';
  end if;

  -- An account moves only from the balance at which its first entry begins, and through the one that each entry states.
  with p as (
    select account_id, sum(amount_micro) as amount, min(balance_micro - running) as before,
      max(balance_micro - running) as before_each, min(balance_micro) as lowest
    from (select account_id, amount_micro, balance_micro,
        sum(amount_micro) over (partition by account_id order by id) as running from posted) e
    group by account_id
  ), moved as (
    update ledger_account a set balance_micro = (p.before + p.amount)::bigint from p
      where a.id = p.account_id and a.brand = transactions.brand
        and a.balance_micro = p.before and p.before = p.before_each
        and (a.floor_micro is null or p.lowest >= a.floor_micro)
      returning 1
  )
  select (select count(*) from p) as touched, (select count(*) from moved) as moved into accounts;
  if transactions.brands <= 1 and accounts.touched = accounts.moved then return null; end if;

  -- After each entry, not only at the end: what a batch spends before it brings it in would show on a statement.
  select jsonb_agg(jsonb_build_object('kind', a.kind, 'owner', a.owner, 'missing', (a.floor_micro - p.lowest)::text))
      into sunk
    from (select account_id, min(balance_micro) as lowest from posted group by account_id) p
    join ledger_account a on a.id = p.account_id where p.lowest < a.floor_micro;
  if sunk is not null then
    raise exception 'a balance would fall below its floor'
      using errcode = 'check_violation', constraint = 'ledger_account_floor', detail = sunk::text;
  end if;
  if transactions.brands > 1 or exists (select from posted p
      left join ledger_account a on a.id = p.account_id where a.brand is distinct from transactions.brand) then
    raise exception 'ledger entries name no accounts of their one brand'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_entry_account';
  end if;
  raise exception 'a ledger entry does not state the balance after it'
    using errcode = 'integrity_constraint_violation', constraint = 'ledger_entry_balance';
end $$;

-- A balance changes only from inside the trigger above. The conditions stand in the triggers, where they cost nothing.
drop trigger ledger_balance_guard on ledger_account;
create or replace function ledger_balance_guard() returns trigger language plpgsql as $$
begin
  raise exception 'balances follow from entries'
    using errcode = 'integrity_constraint_violation', constraint = 'ledger_account_derived';
end $$;
create trigger ledger_balance_guard before update on ledger_account
  for each row when (pg_trigger_depth() = 0) execute function ledger_balance_guard();
drop trigger ledger_account_starts_empty on ledger_account;
drop function ledger_account_starts_empty();
create trigger ledger_account_starts_empty before insert on ledger_account
  for each row when (new.balance_micro <> 0) execute function ledger_balance_guard();

-- Posts a batch in one call. Postings and lines are parallel arrays; a line names its transaction by id. Accounts that
-- are missing are made in sorted order; all accounts are locked in one order for all, customers' cash, then what else is
-- theirs, then the brand's: hot accounts are held shortest, and whoever locked a customer's cash beforehand keeps to the
-- order; (source, source_id) decides what is posted. Answers each posting in turn: the id under which its cause stands.
create function ledger_post_all(
  at_brand text, at_instant timestamptz,
  ids uuid[], kinds text[], sources text[], source_ids text[], reversed uuid[], memos jsonb[],
  line_ids uuid[], line_kinds text[], line_owners text[], line_customers text[], line_amounts bigint[]
) returns table (id uuid, posted boolean) language plpgsql
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  accounts uuid[];
  locked uuid[];
  balances bigint[];
  is_missing boolean;
  made_count bigint;
begin
  for attempt in 1..2 loop
    select array_agg(a.id order by l.n), bool_or(a.id is null) into accounts, is_missing
      from unnest(line_kinds, line_owners) with ordinality as l (kind, owner, n)
      left join lateral (select x.id from ledger_account x
        where x.brand = at_brand and x.kind = l.kind and x.owner = l.owner limit 1) a on true;
    exit when is_missing is not true;
    insert into ledger_account (id, brand, kind, owner, customer, floor_micro)
      select gen_random_uuid(), at_brand, l.kind, l.owner, max(l.customer),
        case when l.kind in ('customer_cash', 'customer_gift', 'customer_frozen', 'withdrawal_transit') then 0 end
      from unnest(line_kinds, line_owners, line_customers) as l (kind, owner, customer)
      group by l.kind, l.owner order by l.kind, l.owner
      on conflict on constraint ledger_account_one_of_a_kind do nothing;
  end loop;

  select array_agg(l.id), array_agg(l.balance_micro) into locked, balances
    from (select a.id, a.balance_micro from ledger_account a
      where a.id = any (accounts) order by a.customer is null, a.kind <> 'customer_cash', a.id
      for no key update) l;

  with made as (
    insert into ledger_transaction (id, brand, kind, source, source_id, at, reverses, memo)
      select p.id, at_brand, p.kind, p.source, p.source_id, at_instant, p.reverses, p.memo
      from unnest(ids, kinds, sources, source_ids, reversed, memos)
        with ordinality as p (id, kind, source, source_id, reverses, memo, n)
      order by p.source, p.source_id, p.n
      on conflict on constraint ledger_transaction_once do nothing
      returning ledger_transaction.id
  ), entered as (
    insert into ledger_entry (transaction_id, account_id, amount_micro, balance_micro)
      select l.transaction_id, l.account_id, l.amount,
        (b.balance + sum(l.amount) over (partition by l.account_id order by l.n))::bigint
      from unnest(line_ids, accounts, line_amounts) with ordinality as l (transaction_id, account_id, amount, n)
      join made m on m.id = l.transaction_id
      join unnest(locked, balances) as b (account_id, balance) on b.account_id = l.account_id
      order by l.n
  )
  select count(*) into made_count from made;

  if made_count = cardinality(ids) then
    return query select p.id, true from unnest(ids) as p (id);
    return;
  end if;
  return query select t.id, t.id = p.id
    from unnest(ids, sources, source_ids) with ordinality as p (id, source, source_id, n)
    cross join lateral (select x.id from ledger_transaction x
      where x.source = p.source and x.source_id = p.source_id limit 1) t
    order by p.n;
end $$;

-- What reports and staff read. "At an instant" includes what is dated at it.

create view ledger_movement as
  select e.id, t.brand, t.at, t.kind as cause, t.id as transaction_id, t.reverses, t.memo,
    a.kind, a.owner, a.customer, e.amount_micro, e.balance_micro
  from ledger_transaction t
  join ledger_entry e on e.transaction_id = t.id join ledger_account a on a.id = e.account_id;

-- Backwards from the balance of now: what is asked for is mostly recent, and the past is never read.
create function ledger_balances_at(of_brand text, instant timestamptz)
  returns table (kind text, owner text, customer text, balance_micro bigint) language sql stable as $$
  select a.kind, a.owner, a.customer, (a.balance_micro - coalesce(later.amount, 0))::bigint
  from ledger_account a
  left join (select e.account_id, sum(e.amount_micro) as amount
    from ledger_transaction t join ledger_entry e on e.transaction_id = t.id
    where t.brand = of_brand and t.at > instant group by e.account_id) later on later.account_id = a.id
  where a.brand = of_brand
$$;

-- Each debt that is open at an instant, with its age in natural days. What was paid settles the oldest first.
create function ledger_open_debts(of_brand text, instant timestamptz, zone text)
  returns table (customer text, since timestamptz, days integer, open_micro bigint) language sql stable as $$
  select d.customer, d.at, (instant at time zone zone)::date - (d.at at time zone zone)::date,
    least(d.owed, d.owed_so_far - d.paid)::bigint
  from (select m.customer, m.at, m.amount_micro, -m.amount_micro as owed,
      sum(-m.amount_micro) filter (where m.amount_micro < 0) over (partition by m.customer order by m.at, m.id) as owed_so_far,
      coalesce(sum(m.amount_micro) filter (where m.amount_micro > 0) over (partition by m.customer), 0) as paid
    from ledger_movement m
    where m.brand = of_brand and m.kind = 'receivable' and m.at <= instant) d
  where d.amount_micro < 0 and d.owed_so_far > d.paid
$$;
