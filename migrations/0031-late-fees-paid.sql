-- A late fee that is paid is noted beside the charges that it was made out by: they are found by their debt.
create index invoicing_charge_late_fee on invoicing_charge ((explain->>'id'), period_start)
  where explain->>'kind' = 'late-fee';
