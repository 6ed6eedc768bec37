-- When each version of an agreement was announced and from when it holds. All readings of a version share it.
create table terms_revision (
  brand text not null,
  version text not null,
  announced_at timestamptz not null,
  effective_at timestamptz not null check (effective_at >= announced_at),
  -- The version that it takes the place of, and the clause of that one by which it may; null for a brand's first.
  replaces text,
  clause_id text,
  clause_hash text,
  check ((replaces is null) = (clause_hash is null)),
  -- When its effect was seen to; null while it is to come.
  in_force_at timestamptz,
  primary key (brand, version)
);
create index terms_revision_due on terms_revision (effective_at) where in_force_at is null;
insert into terms_revision (brand, version, announced_at, effective_at, in_force_at)
  select brand, version, min(loaded_at), min(loaded_at), min(loaded_at) from terms_version group by brand, version;
-- What was announced stays; only that it came to hold is noted, once.
create function terms_revision_kept() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or old.in_force_at is not null or row(new.brand, new.version, new.announced_at, new.effective_at,
      new.replaces, new.clause_id, new.clause_hash)
    is distinct from row(old.brand, old.version, old.announced_at, old.effective_at, old.replaces, old.clause_id,
      old.clause_hash) then
    raise exception 'a revision is not edited' using errcode = 'integrity_constraint_violation',
      constraint = 'terms_revision_kept';
  end if;
  return new;
end $$;
create trigger terms_revision_kept before update or delete on terms_revision
  for each row execute function terms_revision_kept();
create trigger terms_revision_whole before truncate on terms_revision
  for each statement execute function kernel_append_only();

-- What a customer signed on paper, as it was scanned.
create table terms_signed_file (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  media_type text not null check (media_type in ('application/pdf', 'image/png', 'image/jpeg')),
  sha256 text not null,
  bytes bytea not null,
  created_at timestamptz not null
);
create trigger terms_signed_file_append_only before update or delete or truncate on terms_signed_file
  for each statement execute function kernel_append_only();

-- The ways to accept that the agreements know. By use: what was done, as evidence. On paper or as agreed otherwise:
-- who of the staff recorded it, and the file or the words.
alter table terms_acceptance
  drop constraint terms_acceptance_method_check,
  add constraint terms_acceptance_method check
    (method in ('click', 'register', 'purchase', 'use', 'signed-paper', 'other-agreed')),
  add column evidence jsonb,
  add column recorded_by uuid references identity_staff,
  add column file_id uuid references terms_signed_file,
  add constraint terms_acceptance_evidence check (case method
    when 'use' then evidence is not null
    when 'signed-paper' then recorded_by is not null and file_id is not null
    when 'other-agreed' then recorded_by is not null and evidence is not null
    else recorded_by is null and file_id is null end);

-- A customer doesn't agree to a revision: what it gets is what the terms that it accepted promise.
create table terms_disagreement (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  user_id uuid not null references identity_user,
  -- The version that it disagrees with, and what it goes by until the end.
  version text not null,
  acceptance_id uuid not null references terms_acceptance,
  clause_id text not null,
  clause_version text not null,
  clause_hash text not null,
  promises text[] not null,
  at timestamptz not null,
  ip inet,
  user_agent text,
  -- When its services end; until then it may be taken back.
  end_at timestamptz not null check (end_at >= at),
  state text not null check (state in ('open', 'withdrawn', 'done')),
  decided_at timestamptz,
  notice_id uuid references notify_notice,
  check ((state = 'open') = (decided_at is null))
);
create unique index terms_disagreement_open on terms_disagreement (customer_id) where state = 'open';
create index terms_disagreement_due on terms_disagreement (end_at) where state = 'open';
create index on terms_disagreement (brand, id);
create index on terms_disagreement (customer_id, id);

-- Those who are still to be told or asked are found by what they accepted.
create index terms_acceptance_of_version on terms_acceptance (version_id, customer_id);
