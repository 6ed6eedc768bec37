-- A customer's cash always has a floor (zero for prepaid brands), also when a row is written by hand.
alter table ledger_account add constraint ledger_account_cash_floor
  check (kind <> 'customer_cash' or floor_micro is not null);
