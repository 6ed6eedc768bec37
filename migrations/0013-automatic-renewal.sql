-- Renewal by itself, from the balance, where the terms know it and the customer asked for it.
alter table lifecycle_service
  add column auto_renew_months int check (auto_renew_months between 1 and 36),
  -- The next instant at which it is tried: when a reminder would go out, at expiry, when money arrives in the grace.
  add column renew_at timestamptz,
  add constraint lifecycle_service_renewal check (renew_at is null or auto_renew_months is not null);
-- A customer's services stand together, so that two workers seldom want the same balance.
create index lifecycle_service_renewal_due on lifecycle_service (brand, renew_at, customer_id) where renew_at is not null;
