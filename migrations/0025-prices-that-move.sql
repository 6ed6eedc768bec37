-- Prices that running services move to, and coupons that recur at their renewals.

-- What a changed price means for services that run: they keep theirs, or move to it with a renewal.
alter table catalogue_version add column running text not null default 'keep' check (running in ('keep', 'move'));

-- A service's price from its next renewal at or after an instant; told to its customer before. Settled by the renewal
-- that takes it, or by a change of plan, after which another price holds.
create table catalogue_price_move (
  service_id uuid not null,
  version_id uuid not null references catalogue_version,
  brand text not null,
  -- Yuan a month, in micro: at which it renews now, and will.
  from_micro bigint not null check (from_micro >= 0),
  to_micro bigint not null check (to_micro >= 0),
  from_at timestamptz not null,
  told_at timestamptz not null,
  settled_at timestamptz,
  primary key (service_id, version_id),
  check (from_at >= told_at)
);
create index catalogue_price_move_waiting on catalogue_price_move (service_id, from_at) where settled_at is null;

-- The coupon that a service was bought or renewed with, where it is for renewals: it is used again at each.
create table catalogue_recurring (
  service_id uuid primary key,
  coupon_id uuid not null references catalogue_coupon,
  customer_id uuid not null references identity_customer,
  since timestamptz not null
);
