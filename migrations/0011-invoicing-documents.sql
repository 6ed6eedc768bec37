-- Invoices, credit notes and what is charged by the month; then the papers that customers apply for: tax invoices, contracts.

-- Numbers without gaps: a number is taken in the transaction of what bears it, and comes back if that is undone.
create table invoicing_counter (
  brand text not null,
  series text not null,
  last bigint not null check (last >= 0),
  primary key (brand, series)
);
create function invoicing_counter_forward() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or new.last < old.last or (new.brand, new.series) <> (old.brand, old.series) then
    raise exception 'a counter only moves on'
      using errcode = 'integrity_constraint_violation', constraint = 'invoicing_counter_forward';
  end if;
  return new;
end $$;
create trigger invoicing_counter_forward before update or delete on invoicing_counter
  for each row execute function invoicing_counter_forward();

-- Who sells, as it stood when the first paper said so.
create table invoicing_seller (
  sha256 text primary key,
  brand text not null,
  facts jsonb not null
);
create trigger invoicing_seller_append_only before update or delete or truncate on invoicing_seller
  for each statement execute function kernel_append_only();

-- Issued when an order is paid, or for a month of charges. Lines: [{text, amount, tax, product, period…}] that sum up.
create table invoicing_invoice (
  id uuid primary key,
  brand text not null,
  series text not null,
  sequence bigint not null check (sequence > 0),
  number text not null generated always as
    (series || '-' || lpad(sequence::text, greatest(8, length(sequence::text)), '0')) stored,
  -- A million of these are written at once: no key of the two below is ever deleted, so none is looked up row by row.
  customer_id uuid not null,
  kind text not null check (kind in ('order', 'month')),
  order_id uuid,
  order_number text,
  -- The first day of the month of charges.
  month date,
  lines jsonb not null,
  amount_micro bigint not null check (amount_micro >= 0),
  tax_micro bigint not null check (tax_micro between 0 and amount_micro),
  -- How it was paid when it was issued; what neither covers was owed.
  cash_micro bigint not null check (cash_micro >= 0),
  gift_micro bigint not null check (gift_micro >= 0),
  period_start timestamptz not null,
  period_end timestamptz not null check (period_end >= period_start),
  seller text not null,
  issued_at timestamptz not null,
  constraint invoicing_invoice_number unique (brand, series, sequence),
  constraint invoicing_invoice_order_once unique (order_id),
  constraint invoicing_invoice_paid check (cash_micro + gift_micro <= amount_micro),
  constraint invoicing_invoice_of_something check ((kind = 'order') = (order_id is not null) and (kind = 'month') = (month is not null))
);
create index on invoicing_invoice (customer_id, id desc);
create index on invoicing_invoice (brand, id desc);
create trigger invoicing_invoice_append_only before update or delete or truncate on invoicing_invoice
  for each statement execute function kernel_append_only();

-- Set-wise, at the end of each statement: lines sum to the amount, and no number is beyond its counter.
create function invoicing_invoice_whole() returns trigger language plpgsql as $$
declare
  wrong uuid;
begin
  select i.id into wrong from issued i
    where i.amount_micro <> (select coalesce(sum((l ->> 'amount')::bigint), 0) from jsonb_array_elements(i.lines) l) limit 1;
  if found then
    raise exception 'the lines of invoice % don''t sum to its amount', wrong
      using errcode = 'integrity_constraint_violation', constraint = 'invoicing_invoice_whole';
  end if;
  select i.id into wrong from issued i
    where not exists (select from invoicing_counter c where c.brand = i.brand and c.series = i.series and c.last >= i.sequence) limit 1;
  if found then
    raise exception 'the number of invoice % was not taken from its counter', wrong
      using errcode = 'integrity_constraint_violation', constraint = 'invoicing_invoice_counted';
  end if;
  return null;
end $$;
create trigger invoicing_invoice_whole after insert on invoicing_invoice
  referencing new table as issued for each statement execute function invoicing_invoice_whole();

create table invoicing_credit_note (
  id uuid primary key,
  brand text not null,
  series text not null,
  sequence bigint not null check (sequence > 0),
  number text not null generated always as
    (series || '-' || lpad(sequence::text, greatest(8, length(sequence::text)), '0')) stored,
  invoice_id uuid not null references invoicing_invoice,
  customer_id uuid not null references identity_customer,
  -- What it follows from, once.
  source text not null,
  source_id text not null,
  reason text not null,
  clause jsonb,
  amount_micro bigint not null check (amount_micro > 0),
  tax_micro bigint not null check (tax_micro between 0 and amount_micro),
  -- The part of it that goes back in money; the rest were gifts, or a debt.
  cash_micro bigint not null check (cash_micro between 0 and amount_micro),
  seller text not null references invoicing_seller,
  issued_at timestamptz not null,
  constraint invoicing_credit_note_number unique (brand, series, sequence),
  constraint invoicing_credit_note_once unique (source, source_id)
);
create index on invoicing_credit_note (invoice_id);
create index on invoicing_credit_note (customer_id, id desc);
create trigger invoicing_credit_note_append_only before update or delete or truncate on invoicing_credit_note
  for each statement execute function kernel_append_only();

-- All credit notes of an invoice together are never above it; the invoice is locked first, so that two at once take turns.
create function invoicing_credit_note_within() returns trigger language plpgsql as $$
declare
  invoice invoicing_invoice;
  credited record;
begin
  select * into invoice from invoicing_invoice where id = new.invoice_id for no key update;
  select coalesce(sum(amount_micro), 0) as amount, coalesce(sum(tax_micro), 0) as tax, coalesce(sum(cash_micro), 0) as cash
    into credited from invoicing_credit_note where invoice_id = new.invoice_id;
  if credited.amount + new.amount_micro > invoice.amount_micro or credited.tax + new.tax_micro > invoice.tax_micro
    or credited.cash + new.cash_micro > invoice.cash_micro
    or (new.brand, new.customer_id) <> (invoice.brand, invoice.customer_id) then
    raise exception 'credit notes above invoice %', invoice.number
      using errcode = 'integrity_constraint_violation', constraint = 'invoicing_credit_note_within';
  end if;
  return new;
end $$;
create trigger invoicing_credit_note_within before insert on invoicing_credit_note
  for each row execute function invoicing_credit_note_within();

-- What is charged by use waits here for the invoice of its month; explain names the reading that it comes from.
create table invoicing_charge (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  product text not null,
  text jsonb not null,
  amount_micro bigint not null,
  tax_micro bigint not null,
  cash_micro bigint not null,
  gift_micro bigint not null,
  period_start timestamptz not null,
  period_end timestamptz not null,
  explain jsonb not null,
  -- The month that it belongs to, and when that is closed; a late charge waits for the next closing.
  month date not null,
  close_at timestamptz not null,
  invoice_id uuid references invoicing_invoice,
  line int,
  created_at timestamptz not null,
  check ((invoice_id is null) = (line is null))
);
create index on invoicing_charge (close_at, brand, customer_id) where invoice_id is null;
create index on invoicing_charge (invoice_id, line);
-- A charge changes once: when an invoice takes it, or waits on for a later one.
create function invoicing_charge_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.invoice_id is not null
    or (to_jsonb(new) - '{invoice_id,line,month,close_at}'::text[]) <> (to_jsonb(old) - '{invoice_id,line,month,close_at}'::text[]) then
    raise exception 'charges are kept as they were made'
      using errcode = 'integrity_constraint_violation', constraint = 'invoicing_charge_kept';
  end if;
  return new;
end $$;
create trigger invoicing_charge_kept before update or delete on invoicing_charge
  for each row execute function invoicing_charge_kept();

-- What of a charge was owed when it was made, and has been paid since.
create table invoicing_settlement (
  id uuid primary key,
  charge_id uuid not null references invoicing_charge,
  cash_micro bigint not null check (cash_micro > 0),
  at timestamptz not null
);
create index on invoicing_settlement (charge_id);
create trigger invoicing_settlement_append_only before update or delete or truncate on invoicing_settlement
  for each statement execute function kernel_append_only();
create function invoicing_settlement_within() returns trigger language plpgsql as $$
declare
  owed bigint;
begin
  select amount_micro - cash_micro - gift_micro into owed from invoicing_charge where id = new.charge_id for no key update;
  if (select coalesce(sum(cash_micro), 0) from invoicing_settlement where charge_id = new.charge_id) + new.cash_micro > owed then
    raise exception 'more paid than charge % left owing', new.charge_id
      using errcode = 'integrity_constraint_violation', constraint = 'invoicing_settlement_within';
  end if;
  return new;
end $$;
create trigger invoicing_settlement_within before insert on invoicing_settlement
  for each row execute function invoicing_settlement_within();

-- Papers that are kept as they were handed out: sealed contracts, tax invoices.
create table documents_file (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  media_type text not null check (media_type in ('application/pdf', 'application/ofd')),
  sha256 text not null,
  bytes bytea not null check (length(bytes) between 1 and 8388608),
  created_at timestamptz not null
);
create trigger documents_file_append_only before update or delete or truncate on documents_file
  for each statement execute function kernel_append_only();

-- To whom tax invoices are made out (抬头). Never edited, since applications point here; removed ones aren't offered.
create table documents_title (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  kind text not null check (kind in ('person', 'company')),
  name text not null,
  tax_number text,
  address text,
  phone text,
  bank text,
  bank_account text,
  created_at timestamptz not null,
  removed_at timestamptz,
  check ((kind = 'company') = (tax_number is not null))
);
create index on documents_title (customer_id) where removed_at is null;
create function documents_title_stands() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.removed_at is not null
    or (to_jsonb(new) - 'removed_at') <> (to_jsonb(old) - 'removed_at') then
    raise exception 'a title is never edited'
      using errcode = 'integrity_constraint_violation', constraint = 'documents_title_stands';
  end if;
  return new;
end $$;
create trigger documents_title_stands before update or delete on documents_title
  for each row execute function documents_title_stands();

create table documents_tax_invoice (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  title_id uuid not null references documents_title,
  type text not null check (type in ('ordinary', 'special')),
  -- Whole fen.
  amount_micro bigint not null check (amount_micro > 0 and amount_micro % 10000 = 0),
  state text not null check (state in ('submitted', 'issuing', 'issued', 'refused', 'cancelled', 'reversing', 'reversed')),
  -- Why it was refused, cancelled or is reversed.
  reason text,
  -- Who makes it out: the name of the issuing service, or staff by hand.
  issuer text,
  number text,
  issued_at timestamptz,
  file_id uuid references documents_file,
  -- The red-letter invoice (红字发票) that reverses it.
  reverse_wanted boolean not null default false,
  reverse_number text,
  reversed_at timestamptz,
  reverse_file_id uuid references documents_file,
  -- When the issuing service is asked again.
  query_at timestamptz,
  queries int not null default 0,
  created_at timestamptz not null,
  constraint documents_tax_invoice_numbered check ((state in ('issued', 'reversing', 'reversed')) = (number is not null)),
  constraint documents_tax_invoice_number_once unique (brand, number)
);
create index on documents_tax_invoice (customer_id, id desc);
create index on documents_tax_invoice (brand, state, id desc);
create index on documents_tax_invoice (query_at) where query_at is not null;

-- How much of which invoice a tax invoice is made out for.
create table documents_tax_invoice_part (
  tax_invoice_id uuid not null references documents_tax_invoice,
  -- Of the room invoicing.
  invoice_id uuid not null references invoicing_invoice,
  amount_micro bigint not null check (amount_micro > 0),
  primary key (tax_invoice_id, invoice_id)
);
create index on documents_tax_invoice_part (invoice_id);
create trigger documents_tax_invoice_part_append_only before update or delete or truncate on documents_tax_invoice_part
  for each statement execute function kernel_append_only();

-- No fen is made out twice, and none that wasn't paid in money or went back. The invoice is locked, as by a credit note.
create function documents_tax_invoice_part_within() returns trigger language plpgsql as $$
declare
  paid bigint;
  used bigint;
begin
  select cash_micro into paid from invoicing_invoice where id = new.invoice_id for no key update;
  select paid - coalesce(sum(cash_micro), 0) into paid from invoicing_credit_note where invoice_id = new.invoice_id;
  select paid + coalesce(sum(s.cash_micro), 0) into paid
    from invoicing_settlement s join invoicing_charge c on c.id = s.charge_id where c.invoice_id = new.invoice_id;
  select coalesce(sum(p.amount_micro), 0) into used from documents_tax_invoice_part p
    join documents_tax_invoice t on t.id = p.tax_invoice_id
    where p.invoice_id = new.invoice_id and t.state not in ('refused', 'cancelled', 'reversed');
  if used + new.amount_micro > paid then
    raise exception 'more made out than was paid for invoice %', new.invoice_id
      using errcode = 'integrity_constraint_violation', constraint = 'documents_tax_invoice_part_within';
  end if;
  return new;
end $$;
create trigger documents_tax_invoice_part_within before insert on documents_tax_invoice_part
  for each row execute function documents_tax_invoice_part_within();

-- What was refused, cancelled or reversed stays so: its parts are free for another.
create function documents_tax_invoice_ended() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state in ('refused', 'cancelled', 'reversed')
    or (new.brand, new.customer_id, new.title_id, new.type, new.amount_micro) <> (old.brand, old.customer_id, old.title_id, old.type, old.amount_micro)
    or (old.number is not null and new.number <> old.number) then
    raise exception 'tax invoice % has ended, or its facts stand', old.id
      using errcode = 'integrity_constraint_violation', constraint = 'documents_tax_invoice_ended';
  end if;
  return new;
end $$;
create trigger documents_tax_invoice_ended before update or delete on documents_tax_invoice
  for each row execute function documents_tax_invoice_ended();

create table documents_contract (
  id uuid primary key,
  brand text not null,
  series text not null,
  sequence bigint not null check (sequence > 0),
  number text not null generated always as
    (series || '-' || lpad(sequence::text, greatest(8, length(sequence::text)), '0')) stored,
  customer_id uuid not null references identity_customer,
  invoice_id uuid not null references invoicing_invoice,
  acceptance_id uuid not null references terms_acceptance,
  -- Both parties and the order, as they are written down in it.
  facts jsonb not null,
  state text not null check (state in ('requested', 'approved', 'refused', 'sealed')),
  reason text,
  requested_at timestamptz not null,
  decided_at timestamptz,
  sealed_at timestamptz,
  file_id uuid references documents_file,
  -- SHA-256 of the sealed file and of the certificate that it was sealed with.
  sha256 text,
  certificate text,
  constraint documents_contract_number unique (brand, series, sequence),
  check ((state = 'sealed') = (file_id is not null and sha256 is not null and certificate is not null and sealed_at is not null))
);
create index on documents_contract (customer_id, id desc);
create index on documents_contract (brand, state, id desc);
create index on documents_contract (sha256);
-- One live contract for an order.
create unique index documents_contract_once on documents_contract (invoice_id) where state <> 'refused';
create function documents_contract_stands() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state in ('sealed', 'refused')
    or (to_jsonb(new) - '{number,state,reason,decided_at,sealed_at,file_id,sha256,certificate}'::text[])
      <> (to_jsonb(old) - '{number,state,reason,decided_at,sealed_at,file_id,sha256,certificate}'::text[]) then
    raise exception 'contract % stands as it is', old.number
      using errcode = 'integrity_constraint_violation', constraint = 'documents_contract_stands';
  end if;
  return new;
end $$;
create trigger documents_contract_stands before update or delete on documents_contract
  for each row execute function documents_contract_stands();
