-- How many of the TCP connections that an instance began somebody answered: a scan has few, a crawler many.
alter table compute_sample add column answers bigint;
