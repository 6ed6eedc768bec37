-- A batch names each of its accounts once, and its lines say which: most lines of many renewals are in few accounts.

-- Posts a batch in one call. Lines are parallel arrays; `line_postings` and `line_accounts` are places, from 1, in the
-- arrays of postings and of accounts. Accounts that are missing are made in sorted order; all are locked in one order for
-- all, customers' cash, then what else is theirs, then the brand's: hot accounts are held shortest, and whoever locked a
-- customer's cash beforehand keeps to the order; (source, source_id) decides what is posted. Answers each posting in turn:
-- the id under which its cause stands.
drop function ledger_post_all(text, timestamptz, uuid[], text[], text[], text[], uuid[], jsonb[], uuid[], text[], text[],
  text[], bigint[]);
create function ledger_post_all(
  at_brand text, at_instant timestamptz,
  ids uuid[], kinds text[], sources text[], source_ids text[], reversed uuid[], memos jsonb[],
  account_kinds text[], account_owners text[], account_customers text[],
  line_postings int[], line_accounts int[], line_amounts bigint[]
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
      from unnest(account_kinds, account_owners) with ordinality as l (kind, owner, n)
      left join lateral (select x.id from ledger_account x
        where x.brand = at_brand and x.kind = l.kind and x.owner = l.owner limit 1) a on true;
    exit when is_missing is not true;
    insert into ledger_account (id, brand, kind, owner, customer, floor_micro)
      select gen_random_uuid(), at_brand, l.kind, l.owner, l.customer,
        case when l.kind in ('customer_cash', 'customer_gift', 'customer_frozen', 'withdrawal_transit') then 0 end
      from unnest(account_kinds, account_owners, account_customers) as l (kind, owner, customer)
      order by l.kind, l.owner
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
      select ids[l.posting], accounts[l.account], l.amount,
        (b.balance + sum(l.amount) over (partition by l.account order by l.n))::bigint
      from unnest(line_postings, line_accounts, line_amounts) with ordinality as l (posting, account, amount, n)
      join unnest(locked, balances) as b (account, balance) on b.account = accounts[l.account]
      join made m on m.id = ids[l.posting]
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
