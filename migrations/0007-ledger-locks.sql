-- As before, but accounts are locked FOR NO KEY UPDATE: the foreign key of each new entry holds a key share lock on
-- its account already, and two postings to one account that both asked for more than that waited for each other.
create or replace function ledger_entry_posted() returns trigger language plpgsql as $$
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

  perform 1 from ledger_account where id in (select account_id from posted) order by id for no key update;
  update ledger_account a set balance_micro = a.balance_micro + p.amount
    from (select account_id, sum(amount_micro)::bigint as amount from posted group by account_id) p
    where a.id = p.account_id;
  return null;
end $$;
