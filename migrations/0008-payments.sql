-- Money through every channel: how it is paid, what was really paid, what is held, what goes back, what a bank received.

alter table payments_payment
  drop constraint billing_payment_channel_check,
  drop constraint billing_payment_state_check,
  add column way text not null default 'page',
  -- What the payer is shown; null until the channel gave it.
  add column presentation jsonb,
  -- What really was paid, as the channel or the bank says; null until it was.
  add column paid_micro bigint check (paid_micro > 0),
  -- When the channel says that it was paid, or we learnt it where the channel doesn't say.
  add column settled_at timestamptz,
  -- Of `paid_micro`: back with the payer or on the way there. Follows from payments_refund.
  add column refunded_micro bigint not null default 0,
  -- Why staff did not credit it, for the customer to read.
  add column closed_reason text;
update payments_payment set paid_micro = amount_micro, settled_at = paid_at where state = 'paid';
alter table payments_payment
  alter column way drop default,
  add constraint payments_payment_channel_way check (
    (channel = 'alipay' and way in ('page', 'wap', 'qr'))
    or (channel = 'wechatpay' and way in ('qr', 'jsapi', 'h5'))
    or (channel = 'bank-transfer' and way = 'transfer')),
  -- `held`: the channel's facts differ from ours; nothing is credited until staff decide. `returned`: sent back.
  add constraint payments_payment_state check (state in ('pending', 'paid', 'closed', 'held', 'returned')),
  add constraint payments_payment_paid check (state <> 'paid' or (paid_micro is not null and paid_at is not null)),
  add constraint payments_payment_refund_within check (refunded_micro between 0 and coalesce(paid_micro, 0));
create index on payments_payment (brand, channel, settled_at) where settled_at is not null;

-- Money that a channel says it took for us and that nobody may use yet: it differs from what we asked for, it names no
-- payment of ours, or it went back without our asking. One row a case; it is an alarm until staff decide.
create table payments_held (
  id uuid primary key,
  brand text not null,
  channel text not null check (channel in ('alipay', 'wechatpay')),
  kind text not null check (kind in ('differs', 'orphan', 'foreign-refund')),
  -- The channel's number of the trade, or of the refund.
  number text not null,
  out_trade_no text not null,
  trade_no text,
  payment_id uuid references payments_payment,
  customer_id uuid references identity_customer,
  reason text not null,
  -- As the channel said it, for staff to read.
  facts jsonb not null,
  -- What of it stands in the ledger's payment_held.
  booked_micro bigint not null default 0 check (booked_micro >= 0),
  -- Of a refund that was made at the channel without us.
  refund_micro bigint check (refund_micro > 0),
  state text not null check (state in ('open', 'credited', 'returning', 'returned', 'booked', 'dismissed')),
  created_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid references identity_staff,
  decision_reason text,
  constraint payments_held_once unique (channel, kind, number),
  check ((state = 'open') = (decided_at is null)),
  check ((decided_at is null) = (decision_reason is null))
);
create index on payments_held (brand) where state in ('open', 'returning');
create index on payments_held (payment_id);
insert into payments_held (id, brand, channel, kind, number, out_trade_no, trade_no, payment_id, customer_id, reason, facts, state, created_at)
  select gen_random_uuid(), brand, channel, 'differs', out_trade_no, out_trade_no, trade_no, id, customer_id,
    coalesce(held_reason, ''), '{}', 'open', created_at from payments_payment where state = 'held';

-- Money on its way back through the channel that it came by.
create table payments_refund (
  id uuid primary key,
  brand text not null,
  channel text not null check (channel in ('alipay', 'wechatpay')),
  out_trade_no text not null,
  out_refund_no text not null constraint payments_refund_number unique,
  payment_id uuid references payments_payment,
  held_id uuid references payments_held,
  customer_id uuid references identity_customer,
  -- The ledger account that it leaves, and gets back when the channel refuses.
  taken_from text not null check (taken_from in ('customer_cash', 'customer_frozen', 'withdrawal_transit', 'payment_held')),
  amount_micro bigint not null check (amount_micro > 0),
  -- What the trade was paid with in all; the channel asks for it.
  total_micro bigint not null check (total_micro >= amount_micro),
  reason text not null,
  -- `unknown`: the channel was asked and what it did isn't known; it is asked again.
  state text not null check (state in ('requested', 'unknown', 'processing', 'done', 'failed')),
  detail text,
  channel_refund_no text,
  asked int not null default 0,
  ask_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  check ((state in ('done', 'failed')) = (ended_at is not null)),
  check ((state in ('done', 'failed')) = (ask_at is null)),
  check (payment_id is not null or held_id is not null)
);
create index on payments_refund (payment_id);
create index on payments_refund (ask_at) where ask_at is not null;
-- One case of held money is sent back once.
create unique index payments_refund_held_once on payments_refund (held_id) where held_id is not null and state <> 'failed';

-- Never above what was paid: the sum is kept on the payment, whose check refuses more; two at once wait for each other.
create function payments_refund_counts() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (new.payment_id is distinct from old.payment_id or new.amount_micro <> old.amount_micro
      or old.state in ('done', 'failed')) then
    raise exception 'a refund is neither moved nor changed once it has ended'
      using errcode = 'integrity_constraint_violation', constraint = 'payments_refund_fixed';
  end if;
  if tg_op = 'INSERT' and new.state <> 'failed' then
    update payments_payment set refunded_micro = refunded_micro + new.amount_micro where id = new.payment_id;
  elsif tg_op = 'UPDATE' and new.state = 'failed' and old.state <> 'failed' then
    update payments_payment set refunded_micro = refunded_micro - new.amount_micro where id = new.payment_id;
  end if;
  return null;
end $$;
create trigger payments_refund_counts after insert or update on payments_refund
  for each row execute function payments_refund_counts();
create trigger payments_refund_not_deleted before delete or truncate on payments_refund
  for each statement execute function kernel_append_only();

-- A customer's proof of a bank transfer. The type is what the content showed, never what the sender said.
create table transfers_slip (
  id uuid primary key,
  payment_id uuid not null references payments_payment,
  payer_name text not null,
  transferred_on date not null,
  media_type text not null check (media_type in ('image/png', 'image/jpeg', 'application/pdf')),
  content bytea not null check (octet_length(content) between 1 and 4194304),
  sha256 text not null,
  created_at timestamptz not null,
  unique (payment_id, sha256)
);

-- What the bank received, from its statement or from staff who read it there.
create table transfers_receipt (
  id uuid primary key,
  brand text not null,
  -- Our account's number: the bank's references are unique within it.
  account text not null,
  bank_reference text not null,
  amount_micro bigint not null check (amount_micro > 0),
  received_on date not null,
  payer_name text not null,
  memo text not null,
  -- The statement that shows it; null while only a member of staff said so.
  statement_id uuid,
  state text not null check (state in ('held', 'credited', 'returned')),
  payment_id uuid references payments_payment,
  created_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid references identity_staff,
  decision_reason text,
  -- One receipt is credited once.
  constraint transfers_receipt_once unique (brand, account, bank_reference),
  constraint transfers_receipt_one_payment unique (payment_id),
  check ((state = 'credited') = (payment_id is not null)),
  check ((state = 'held') = (decided_at is null))
);
create index on transfers_receipt (brand) where state = 'held';

create table transfers_statement (
  id uuid primary key,
  brand text not null,
  account text not null,
  sha256 text not null,
  rows int not null check (rows > 0),
  -- Of them, how many were known before.
  known int not null,
  imported_at timestamptz not null,
  imported_by uuid not null references identity_staff
);
alter table transfers_receipt add foreign key (statement_id) references transfers_statement;

-- The channels' bills against our books, a day at a time.
create table reconciliation_cursor (
  brand text not null,
  channel text not null check (channel in ('alipay', 'wechatpay')),
  next_day date not null,
  due_at timestamptz not null,
  primary key (brand, channel)
);

create table reconciliation_day (
  id uuid primary key,
  brand text not null,
  channel text not null,
  day date not null,
  -- `waiting`: the bill isn't there yet.
  state text not null check (state in ('waiting', 'compared')),
  ask_at timestamptz,
  asked int not null default 0,
  last_error text,
  compared_at timestamptz,
  trades int not null default 0,
  matched int not null default 0,
  -- By the bill: paid in, paid back, kept by the channel.
  paid_micro bigint not null default 0,
  refunded_micro bigint not null default 0,
  fee_micro bigint not null default 0,
  -- Of that, what stands in the ledger.
  fee_posted_micro bigint not null default 0,
  created_at timestamptz not null,
  constraint reconciliation_day_once unique (brand, channel, day),
  check ((state = 'compared') = (compared_at is not null))
);
create index on reconciliation_day (ask_at) where ask_at is not null;

create table reconciliation_finding (
  id uuid primary key,
  day_id uuid not null references reconciliation_day,
  kind text not null check (kind in ('not-ours', 'uncredited', 'missing-there', 'amount-differs', 'fee-high',
    'refund-not-ours', 'refund-unsettled', 'refund-missing-there', 'refund-differs')),
  -- Our number of the payment or the refund, as it stands in the bill or here.
  number text not null,
  subject_id uuid,
  ours_micro bigint,
  theirs_micro bigint,
  detail text,
  -- `resolved`: a later look found that it agrees now.
  state text not null check (state in ('open', 'resolved', 'explained')),
  found_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid references identity_staff,
  explanation text,
  constraint reconciliation_finding_once unique (day_id, kind, number),
  check ((state = 'open') = (ended_at is null)),
  check ((state = 'explained') = (explanation is not null))
);
create index on reconciliation_finding (day_id) where state = 'open';
