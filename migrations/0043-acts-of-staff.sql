-- Whether a request of the staff left a record is looked up after each of their acts.
create index audit_event_staff_request on audit_event (request_id) where actor_kind = 'staff';
