-- Accounts that pay by use: running, frozen, ended; what stood at each freeze, and what was erased after an end. Then
-- bills that are paid later: who may have them, which service is renewed by them, and what became of each.

create table arrears_account (
  customer_id uuid primary key references identity_customer,
  brand text not null,
  state text not null default 'running' check (state in ('running', 'frozen', 'ended')),
  -- When its balance is compared with its consumption next, when it was last, and how long news of usage may wait.
  check_at timestamptz,
  checked_at timestamptz,
  pace_seconds int not null default 60 check (pace_seconds > 0),
  -- Told that the balance runs low; cleared when it doesn't any more.
  warned_at timestamptz,
  warning_id uuid references notify_notice,
  -- The present term is counted from a payment, and from what of it was left after the arrears.
  term_from timestamptz,
  term_micro bigint check (term_micro >= 0),
  check ((term_from is null) = (term_micro is null))
);
create index on arrears_account (check_at) where check_at is not null;
create index on arrears_account (brand, state) where state <> 'running';

-- What natural days cost, by the day in which the usage ended.
create table arrears_consumption (
  customer_id uuid not null references identity_customer,
  day date not null,
  amount_micro bigint not null,
  primary key (customer_id, day)
);

create table arrears_freeze (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references arrears_account,
  acceptance_id uuid not null references terms_acceptance,
  frozen_at timestamptz not null,
  -- The agreement ends then unless it was unfrozen.
  end_at timestamptz not null check (end_at >= frozen_at),
  -- What stood when it was frozen.
  funds_micro bigint not null,
  consumption_micro bigint not null,
  owed_micro bigint not null,
  remind_at timestamptz,
  -- Days before the end for which a reminder was sent, or was missed while nobody ran.
  reminded int[] not null default '{}',
  notices uuid[] not null,
  unfrozen_at timestamptz check (unfrozen_at >= frozen_at),
  ended_at timestamptz check (ended_at >= end_at),
  -- Until then the data is kept though nobody can reach it.
  erase_at timestamptz check (erase_at >= ended_at),
  erased_at timestamptz check (erased_at >= erase_at),
  check (unfrozen_at is null or ended_at is null),
  check ((ended_at is null) = (erase_at is null)),
  check (remind_at is null or (unfrozen_at is null and ended_at is null))
);
create unique index arrears_freeze_once on arrears_freeze (customer_id) where unfrozen_at is null and ended_at is null;
create index on arrears_freeze (customer_id, frozen_at);
create index arrears_freeze_end_due on arrears_freeze (end_at) where unfrozen_at is null and ended_at is null;
create index arrears_freeze_remind_due on arrears_freeze (remind_at) where remind_at is not null;
create index arrears_freeze_erase_due on arrears_freeze (erase_at) where erase_at is not null and erased_at is null;

-- What was taken up when the agreement ended, and who said that it is gone.
create table arrears_erasure (
  id uuid primary key,
  freeze_id uuid not null references arrears_freeze,
  product text not null,
  name text not null,
  closed_at timestamptz not null,
  asked_at timestamptz,
  -- The room that holds the data; null where none does.
  held_by text,
  erased_at timestamptz check (erased_at >= asked_at),
  facts jsonb,
  check ((erased_at is null) = (facts is null))
);
create index on arrears_erasure (freeze_id);

create table arrears_certificate (
  id uuid primary key,
  brand text not null,
  freeze_id uuid not null unique references arrears_freeze,
  customer_id uuid not null references identity_customer,
  facts jsonb not null,
  issued_at timestamptz not null
);
create index on arrears_certificate (customer_id);
create trigger arrears_certificate_append_only before update or delete or truncate on arrears_certificate
  for each statement execute function kernel_append_only();

-- Who may pay by bill, and up to how much unpaid at once.
create table arrears_credit (
  customer_id uuid primary key references identity_customer,
  brand text not null,
  limit_micro bigint not null check (limit_micro > 0),
  reason text not null,
  granted_by uuid not null,
  granted_at timestamptz not null,
  withdrawn_at timestamptz check (withdrawn_at >= granted_at)
);

create table arrears_bill (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  service_id uuid not null references lifecycle_service,
  acceptance_id uuid not null references terms_acceptance,
  order_id uuid not null unique references billing_order,
  -- The invoice's.
  number text not null,
  amount_micro bigint not null check (amount_micro > 0),
  -- What gifts covered at once; the rest is to be paid.
  gift_micro bigint not null check (gift_micro between 0 and amount_micro),
  period_start timestamptz not null,
  period_end timestamptz not null check (period_end > period_start),
  issued_at timestamptz not null,
  due_at timestamptz not null check (due_at > issued_at and due_at >= period_start),
  state text not null check (state in ('open', 'overdue', 'paid', 'given-up')),
  remind_at timestamptz,
  reminded int[] not null default '{}',
  notices uuid[] not null,
  overdue_at timestamptz check (overdue_at >= due_at),
  -- The service ends then unless the bill is paid.
  end_at timestamptz check (end_at >= overdue_at),
  ended_at timestamptz check (ended_at >= end_at),
  closed_at timestamptz check (closed_at >= issued_at),
  check ((state in ('paid', 'given-up')) = (closed_at is not null)),
  check (state <> 'overdue' or (overdue_at is not null and end_at is not null)),
  check (remind_at is null or state = 'open')
);
create index on arrears_bill (customer_id, id desc);
create index on arrears_bill (brand, id desc);
create index arrears_bill_due on arrears_bill (due_at) where state = 'open';
create index arrears_bill_remind_due on arrears_bill (remind_at) where remind_at is not null;
create index arrears_bill_end_due on arrears_bill (end_at) where state = 'overdue' and ended_at is null;
create index on arrears_bill (service_id, id desc);

-- A service renews itself from the balance, or by a bill that is paid later.
alter table lifecycle_service add column renew_by text not null default 'balance' check (renew_by in ('balance', 'bill'));

-- From when on money that comes in is used for it, where that isn't at once: a bill's due date, or when its customer
-- asks for it.
alter table debts_debt add column settle_from timestamptz check (settle_from >= opened_at);

-- What a bill left owing is noted beside its invoice when it is paid.
alter table invoicing_settlement alter column charge_id drop not null;
alter table invoicing_settlement add column invoice_id uuid references invoicing_invoice;
alter table invoicing_settlement add constraint invoicing_settlement_of_one
  check ((charge_id is null) <> (invoice_id is null));
create index on invoicing_settlement (invoice_id) where invoice_id is not null;
create or replace function invoicing_settlement_within() returns trigger language plpgsql as $$
declare
  owed bigint;
  settled bigint;
begin
  if new.invoice_id is null then
    select amount_micro - cash_micro - gift_micro into owed from invoicing_charge where id = new.charge_id for no key update;
    select coalesce(sum(cash_micro), 0) into settled from invoicing_settlement where charge_id = new.charge_id;
  else
    select amount_micro - cash_micro - gift_micro into owed
      from invoicing_invoice where id = new.invoice_id and kind = 'order' for no key update;
    select coalesce(sum(cash_micro), 0) into settled from invoicing_settlement where invoice_id = new.invoice_id;
  end if;
  if owed is null or settled + new.cash_micro > owed then
    raise exception 'more paid than % left owing', coalesce(new.charge_id, new.invoice_id)
      using errcode = 'integrity_constraint_violation', constraint = 'invoicing_settlement_within';
  end if;
  return new;
end $$;
create or replace function documents_tax_invoice_part_within() returns trigger language plpgsql as $$
declare
  paid bigint;
  used bigint;
begin
  select cash_micro into paid from invoicing_invoice where id = new.invoice_id for no key update;
  select paid - coalesce(sum(cash_micro), 0) into paid from invoicing_credit_note where invoice_id = new.invoice_id;
  select paid + coalesce(sum(s.cash_micro), 0) into paid from invoicing_settlement s
    left join invoicing_charge c on c.id = s.charge_id where coalesce(s.invoice_id, c.invoice_id) = new.invoice_id;
  select coalesce(sum(p.amount_micro), 0) into used from documents_tax_invoice_part p
    join documents_tax_invoice t on t.id = p.tax_invoice_id
    where p.invoice_id = new.invoice_id and t.state not in ('refused', 'cancelled', 'reversed');
  if used + new.amount_micro > paid then
    raise exception 'more made out than was paid for invoice %', new.invoice_id
      using errcode = 'integrity_constraint_violation', constraint = 'documents_tax_invoice_part_within';
  end if;
  return new;
end $$;
