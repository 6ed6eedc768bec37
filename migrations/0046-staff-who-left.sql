-- Of a member of the staff who left: when what was kept of them as a person was erased. Their id stays, since acts on
-- record bear it.
alter table identity_staff
  add column erased_at timestamptz,
  add constraint identity_staff_erased check (erased_at is null or ended_at is not null);
