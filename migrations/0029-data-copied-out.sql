-- While the data of an ended service is kept, its machine may run once more, for copying the data out.
alter table lifecycle_end
  add column read_out_at timestamptz check (read_out_at >= ended_at);

-- What the operator announces is of a brand, so that its sweep needs no other room's table.
alter table lifecycle_ending add column brand text;
update lifecycle_ending e set brand = s.brand from lifecycle_service s where s.id = e.service_id;
alter table lifecycle_ending alter column brand set not null;
