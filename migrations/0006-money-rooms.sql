-- Money that comes in through channels is a room of its own, and the ledger knows all kinds of accounts of a provider.

alter table billing_payment rename to payments_payment;

alter table ledger_account drop constraint ledger_account_kind_check;
alter table ledger_account add constraint ledger_account_kind_check check (kind in (
  -- Owned by customers: what they paid in, gifts (owner: the grant), what is frozen, and what they owe (never above zero).
  'customer_cash', 'customer_gift', 'customer_frozen', 'receivable',
  -- By product.
  'deferred_revenue', 'revenue',
  -- By channel: what it still has to pay out to us, what it kept, what is held undecided, what is on its way out.
  'channel_clearing', 'channel_fee', 'payment_held', 'withdrawal_transit',
  -- By name: late fees earned, tax owed, what gifts cost us, debts that were given up.
  'late_fee', 'tax', 'promotion', 'written_off'));
-- No customer's own money, gift or frozen money falls below zero; nobody owes a negative amount.
alter table ledger_account drop constraint ledger_account_cash_floor;
alter table ledger_account add constraint ledger_account_owned_floor check
  (kind not in ('customer_cash', 'customer_gift', 'customer_frozen', 'withdrawal_transit') or floor_micro is not null);
alter table ledger_account add constraint ledger_account_receivable_ceiling check
  (kind <> 'receivable' or balance_micro <= 0);
