-- Acts that take two of the staff. The database itself refuses that one decides what the same one asked for.
create table approvals_request (
  id uuid primary key,
  brand text not null,
  act text not null,
  subject_kind text not null,
  subject_id text not null,
  customer_id uuid references identity_customer,
  payload jsonb not null,
  reason text not null,
  requested_by uuid not null references identity_staff,
  requested_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > requested_at),
  state text not null check (state in ('waiting', 'granted', 'refused', 'expired')),
  decided_by uuid references identity_staff,
  decided_at timestamptz,
  decision_reason text,
  constraint approvals_request_two_persons check (decided_by <> requested_by),
  check ((state in ('granted', 'refused')) = (decided_by is not null)),
  check ((state = 'waiting') = (decided_at is null))
);
-- One question at a time about one thing.
create unique index approvals_request_once on approvals_request (act, subject_id) where state = 'waiting';
create index on approvals_request (brand, id desc);
create index on approvals_request (expires_at) where state = 'waiting';

-- Money of a customer that may not be used for a time, with its reason in the agreement.
create table funds_freeze (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  acceptance_id uuid not null references terms_acceptance,
  amount_micro bigint not null check (amount_micro > 0),
  -- Whether all that was there was meant, or this amount.
  scope text not null check (scope in ('part', 'whole')),
  reason_clause text not null,
  explanation text not null,
  -- `held`: for long, since no appeal came in time or it was not granted.
  state text not null check (state in ('frozen', 'appealed', 'held', 'lifted', 'returned')),
  placed_by uuid not null references identity_staff,
  placed_at timestamptz not null,
  appeal_until timestamptz not null,
  appeal text,
  appealed_at timestamptz,
  outcome_reason text,
  decided_at timestamptz,
  check (state <> 'appealed' or appeal is not null),
  check ((appeal is null) = (appealed_at is null))
);
create index on funds_freeze (customer_id, id desc);
create index on funds_freeze (brand, id desc);
create index on funds_freeze (appeal_until) where state = 'frozen';

-- Where money goes that can't go back the way it came. The number is sealed; people see its end.
create table funds_bank_account (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  holder_sealed bytea not null,
  bank text not null,
  number_sealed bytea not null,
  number_end text not null check (number_end ~ '^\d{4}$'),
  state text not null check (state in ('waiting', 'verified', 'refused', 'removed')),
  added_at timestamptz not null,
  decided_by uuid references identity_staff,
  decided_at timestamptz,
  decision_reason text
);
create unique index funds_bank_account_one on funds_bank_account (customer_id) where state in ('waiting', 'verified');
create index on funds_bank_account (brand, id desc);

create table funds_withdrawal (
  id uuid primary key,
  brand text not null,
  number text not null unique,
  customer_id uuid not null references identity_customer,
  amount_micro bigint not null check (amount_micro > 0),
  -- Money that was frozen and goes back to where it came from.
  freeze_id uuid unique references funds_freeze,
  -- `requested`: waits for staff; `approving`: for a second one. `settled`: every part has ended, paid or given back.
  state text not null check (state in ('requested', 'approving', 'sending', 'settled', 'refused', 'cancelled')),
  requested_at timestamptz not null,
  decided_by uuid references identity_staff,
  decided_at timestamptz,
  decision_reason text,
  settled_at timestamptz
);
create index on funds_withdrawal (customer_id, id desc);
create index on funds_withdrawal (brand, id desc);
-- One at a time: a second one waits for the first.
create unique index funds_withdrawal_one_open on funds_withdrawal (customer_id)
  where state in ('requested', 'approving', 'sending') and freeze_id is null;

create table funds_withdrawal_part (
  id uuid primary key,
  withdrawal_id uuid not null references funds_withdrawal,
  amount_micro bigint not null check (amount_micro > 0),
  -- By the payment that it came with, or to the bank account.
  payment_id uuid references payments_payment,
  bank_account_id uuid references funds_bank_account,
  state text not null check (state in ('planned', 'sending', 'paid', 'failed')),
  -- The bank's number of the transfer, entered by who made it.
  bank_reference text,
  failure text,
  ended_at timestamptz,
  check ((payment_id is null) <> (bank_account_id is null)),
  constraint funds_withdrawal_part_bank_reference unique (bank_reference)
);
create index on funds_withdrawal_part (withdrawal_id);

-- What a customer owes, charge by charge: principal, and the late fee that its terms put on what is unpaid.
create table debts_debt (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  acceptance_id uuid not null references terms_acceptance,
  product text not null,
  -- The charge that the balance didn't cover; owed once.
  source text not null,
  source_id text not null,
  amount_micro bigint not null check (amount_micro > 0),
  paid_micro bigint not null default 0 check (paid_micro >= 0),
  -- Millionths of the unpaid amount, a day; 0 where the terms have no late fee.
  fee_ppm int not null check (fee_ppm between 0 and 999999),
  fee_micro bigint not null default 0 check (fee_micro >= 0),
  fee_paid_micro bigint not null default 0 check (fee_paid_micro >= 0),
  -- What of the fee is less than a micro-yuan, in millionths of one; carried so that nothing is lost by rounding.
  fee_rest_ppm bigint not null default 0 check (fee_rest_ppm between 0 and 999999),
  written_off_micro bigint not null default 0 check (written_off_micro >= 0),
  opened_at timestamptz not null,
  -- The next midnight at which a day's fee is due.
  fee_due_at timestamptz,
  closed_at timestamptz,
  constraint debts_debt_once unique (source, source_id),
  check (paid_micro <= amount_micro),
  check (fee_paid_micro <= fee_micro),
  constraint debts_debt_not_overpaid check
    (paid_micro + fee_paid_micro + written_off_micro <= amount_micro + fee_micro),
  check ((closed_at is not null) =
    (paid_micro + fee_paid_micro + written_off_micro = amount_micro + fee_micro)),
  check (closed_at is null or fee_due_at is null)
);
create index on debts_debt (customer_id, opened_at) where closed_at is null;
create index on debts_debt (brand, fee_due_at) where fee_due_at is not null;
create index on debts_debt (brand, id desc);
