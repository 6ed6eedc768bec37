-- When the channel gave it back, by its own clock: the day whose bill shows it.
alter table payments_refund add column refunded_at timestamptz;
create index on payments_refund (brand, channel, refunded_at) where refunded_at is not null;
