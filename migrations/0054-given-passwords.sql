-- A member of the staff's password that somebody else made and saw: until when it opens the way to one of their own.
-- Null where it is their own.
alter table identity_staff add column password_given_until timestamptz;
