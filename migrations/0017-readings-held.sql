-- A reading whose charge would be beyond belief waits for staff; others don't wait for it.
alter table metering_reading add column held_at timestamptz;
drop index metering_reading_due;
create index metering_reading_due on metering_reading (due_at) where measured + corrected <> charged and held_at is null;
create index metering_reading_held on metering_reading (slot) where held_at is not null;
