-- What of prepaid quota went back with its price: it serves nothing any more, whenever it was used.
alter table metering_package add column given_back numeric(40) not null default 0 check (given_back >= 0);
alter table metering_package add constraint metering_package_left check (used + given_back <= quantity);

-- Of what is refunded of an order on credit: what was given up as a debt, which nobody paid.
alter table billing_refund add column excused_micro bigint not null default 0 check (excused_micro >= 0);

-- What came in, in money, for an invoice: with it or since. For a month's invoice all that its charges took and gave back,
-- and what was paid of them since, together: what a correction gave back and a debt then took isn't received twice.
create function invoicing_received(of uuid) returns bigint language sql stable as $$
  select case i.kind when 'order' then
      i.cash_micro + (select coalesce(sum(s.cash_micro), 0) from invoicing_settlement s where s.invoice_id = i.id)
    else least(i.amount_micro - i.gift_micro, greatest(0,
      (select coalesce(sum(c.cash_micro), 0) from invoicing_charge c where c.invoice_id = i.id)
      + (select coalesce(sum(s.cash_micro), 0) from invoicing_settlement s
          join invoicing_charge c on c.id = s.charge_id where c.invoice_id = i.id)))
    end::bigint
    from invoicing_invoice i where i.id = of
$$;

-- Of an order on credit money goes back too, once it was paid; before that what goes back is used for what is owed on it.
create or replace function invoicing_credit_note_within() returns trigger language plpgsql as $$
declare
  invoice invoicing_invoice;
  credited record;
begin
  select * into invoice from invoicing_invoice where id = new.invoice_id for no key update;
  select coalesce(sum(amount_micro), 0) as amount, coalesce(sum(tax_micro), 0) as tax, coalesce(sum(cash_micro), 0) as cash
    into credited from invoicing_credit_note where invoice_id = new.invoice_id;
  if credited.amount + new.amount_micro > invoice.amount_micro or credited.tax + new.tax_micro > invoice.tax_micro
    or credited.cash + new.cash_micro > invoice.amount_micro - invoice.gift_micro
    or (new.brand, new.customer_id) <> (invoice.brand, invoice.customer_id) then
    raise exception 'credit notes above invoice %', invoice.number
      using errcode = 'integrity_constraint_violation', constraint = 'invoicing_credit_note_within';
  end if;
  return new;
end $$;

create or replace function documents_tax_invoice_part_within() returns trigger language plpgsql as $$
declare
  paid bigint;
  used bigint;
begin
  perform from invoicing_invoice where id = new.invoice_id for no key update;
  select invoicing_received(new.invoice_id) - coalesce(sum(cash_micro), 0) into paid
    from invoicing_credit_note where invoice_id = new.invoice_id;
  select coalesce(sum(p.amount_micro), 0) into used from documents_tax_invoice_part p
    join documents_tax_invoice t on t.id = p.tax_invoice_id
    where p.invoice_id = new.invoice_id and t.state not in ('refused', 'cancelled', 'reversed');
  if used + new.amount_micro > paid then
    raise exception 'more made out than was paid for invoice %', new.invoice_id
      using errcode = 'integrity_constraint_violation', constraint = 'documents_tax_invoice_part_within';
  end if;
  return new;
end $$;
