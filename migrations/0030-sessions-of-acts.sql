-- 亚云 3.1: an instruction is recorded with the session in which it was given. What was recorded before has none.
alter table audit_event add column session_id uuid;
