-- Sealed columns have data keys of their own, which lie here wrapped by the key-encryption key of the configuration.

-- Number 0 is for fingerprints and never changes, or equal values could no longer be told; the others seal.
create table kernel_data_key (
  id int primary key check (id >= 0),
  -- `announced`: known to all before the first value is sealed by it. `former`: opens, seals nothing any more.
  state text not null check (state in ('fingerprint', 'announced', 'current', 'former')),
  wrapped bytea not null,
  -- By which key-encryption key it is wrapped.
  kek text not null,
  created_at timestamptz not null default now(),
  -- Every value was found sealed by a newer one; the key stays for backups from before.
  emptied_at timestamptz,
  check ((id = 0) = (state = 'fingerprint'))
);
create unique index kernel_data_key_current on kernel_data_key (state) where state in ('announced', 'current');
