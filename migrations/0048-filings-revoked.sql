-- Staff take back what they approved: who, and why, beside who approved it.
alter table gates_filing drop constraint gates_filing_state_check;
alter table gates_filing add column revoked_by uuid references identity_staff;
alter table gates_filing add column revoked_reason text;
alter table gates_filing
  add check (state in ('waiting', 'approved', 'refused', 'expired', 'withdrawn', 'revoked')),
  add check ((state = 'revoked') = (revoked_by is not null and revoked_reason is not null and ended_at is not null));

-- The version of a brand's catalogue that was said to hold: rooms follow what it changes for what runs.
create table catalogue_held (
  brand text primary key,
  version_id uuid not null references catalogue_version
);
