-- A suspended service has a time of deletion only where its terms let it be deleted by itself.
alter table lifecycle_service drop constraint lifecycle_service_check;
alter table lifecycle_service add constraint lifecycle_service_delete_at
  check (delete_at is null or state = 'suspended');
alter table lifecycle_service add constraint lifecycle_service_suspended_at
  check (state <> 'suspended' or suspended_at is not null);
