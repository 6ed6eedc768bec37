-- What an instance began since its node counts: connections, distinct targets (an address and a TCP port within a minute),
-- connections to other hosts' mail. Counts alone. Null where the node doesn't count.
alter table compute_sample
  add column connections bigint,
  add column targets bigint,
  add column mails bigint;
