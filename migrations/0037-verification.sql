-- Real names grow: companies, guardians, checks by hand, what a check costs; domains that customers showed to be theirs.

-- Each attempt is written down before the authority is asked, so that two at once count twice and none is charged twice.
-- `unavailable` neither counts nor costs: what was taken for it has gone back.
alter table identity_real_name_check alter column result drop not null;
alter table identity_real_name_check add column brand text;
update identity_real_name_check c set brand = o.brand from identity_customer o where o.id = c.customer_id;
alter table identity_real_name_check alter column brand set not null;
alter table identity_real_name_check
  add column kind text not null default 'person' check (kind in ('person', 'company', 'guardian')),
  add column state text not null default 'done' check (state in ('asked', 'done', 'unavailable')),
  add column fee_micro bigint not null default 0 check (fee_micro >= 0),
  -- Of the ledger's transaction that took the fee.
  add column fee_transaction uuid,
  -- When it is given up if no answer came.
  add column give_up_at timestamptz,
  add constraint identity_real_name_check_result check ((state = 'done') = (result is not null));
alter table identity_real_name_check alter column kind drop default;
alter table identity_real_name_check alter column state drop default;
create unique index identity_real_name_check_asking on identity_real_name_check (customer_id) where state = 'asked';
create index on identity_real_name_check (give_up_at) where state = 'asked';

-- A phone of somebody else's that gets one code.
alter table identity_contact drop constraint identity_contact_state_check;
alter table identity_contact
  add constraint identity_contact_state_check check (state in ('asked', 'current', 'gone', 'lent'));

-- Who an account was found to be of: a keyed hash of the number, which tells that two are the same and nothing else.
create table verification_identity (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  kind text not null check (kind in ('person', 'company')),
  method text not null,
  -- HMAC under a key of this purpose's own; 64 hex digits.
  blind text not null check (blind ~ '^[0-9a-f]{64}$'),
  found_at timestamptz not null,
  confirmed_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('renewed', 'revoked', 'overdue')),
  check ((ended_at is null) = (end_reason is null))
);
create unique index verification_identity_one on verification_identity (customer_id) where ended_at is null;
create index on verification_identity (brand, blind) where ended_at is null;

-- What two of the staff decide. What the customer gave for it is sealed, and gone once it is decided.
create table verification_review (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  kind text not null check (kind in ('person', 'company')),
  -- Documents that no authority could judge, or an identity that has other accounts already.
  cause text not null check (cause in ('documents', 'identity-used')),
  method text not null,
  blind text not null check (blind ~ '^[0-9a-f]{64}$'),
  -- Null: whoever decides says it.
  minor boolean,
  sealed bytea,
  state text not null check (state in ('waiting', 'passed', 'failed', 'withdrawn')),
  entered_at timestamptz not null,
  -- The first of the two, and what they found; the second agrees or has it looked at anew.
  first_by uuid references identity_staff,
  first_at timestamptz,
  first_pass boolean,
  first_minor boolean,
  first_reason text,
  decided_by uuid references identity_staff,
  decided_at timestamptz,
  reason text,
  check (sealed is null or state = 'waiting'),
  check ((state = 'waiting') = (decided_at is null)),
  check (decided_by is null or decided_by <> first_by)
);
create unique index verification_review_one on verification_review (customer_id) where state = 'waiting';
create index on verification_review (brand, id desc);

create table verification_review_file (
  id uuid primary key,
  review_id uuid not null references verification_review,
  position int not null,
  media_type text not null,
  size_bytes int not null,
  sealed bytea not null
);
create index on verification_review_file (review_id);

-- A guardian's consent: asked with a code to the guardian's phone, confirmed with it, then a signed paper.
create table verification_consent (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  number text not null constraint verification_consent_number unique,
  relation text not null check (relation in ('parent', 'guardian')),
  method text not null,
  terms_version uuid not null references terms_version,
  state text not null check (state in ('asked', 'confirmed', 'signed', 'lapsed', 'withdrawn')),
  -- Both names, until they stand on the paper.
  sealed bytea,
  contact_id uuid not null references identity_contact,
  phone_shown text not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  signed_at timestamptz,
  -- The paper itself, sealed; its hash and the certificate are how it is found again.
  paper_sealed bytea,
  sha256 text,
  certificate text,
  ended_at timestamptz,
  end_reason text,
  check (sealed is null or state in ('asked', 'confirmed')),
  check ((paper_sealed is not null) = (sha256 is not null)),
  check (state <> 'signed' or paper_sealed is not null)
);
create unique index verification_consent_one on verification_consent (customer_id)
  where state in ('asked', 'confirmed', 'signed');
create index on verification_consent (sha256);
create index on verification_consent (expires_at) where state = 'asked';

-- Staff ask for the check to be done again, by a clause and until a day.
create table verification_demand (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  clause_id text not null,
  clause_version text not null,
  clause_hash text not null,
  reason text not null,
  asked_by uuid not null references identity_staff,
  asked_at timestamptz not null,
  due_at timestamptz not null,
  state text not null check (state in ('open', 'met', 'lapsed', 'dropped')),
  ended_at timestamptz,
  notices uuid[] not null default '{}',
  check ((state = 'open') = (ended_at is null))
);
create unique index verification_demand_one on verification_demand (customer_id) where state = 'open';
create index on verification_demand (due_at) where state = 'open';

-- A domain that a customer says is theirs, and whether they showed it.
create table domains_claim (
  id uuid primary key,
  brand text not null,
  customer_id uuid not null references identity_customer,
  -- In the form of the DNS: ASCII, lower case.
  domain text not null check (domain = lower(domain) and length(domain) <= 253),
  -- What has to be found under it; of no use to anybody else.
  token text not null,
  state text not null check (state in ('asked', 'proven', 'lost', 'withdrawn')),
  method text check (method in ('dns', 'file')),
  asked_at timestamptz not null,
  proven_at timestamptz,
  -- When it was last seen to be there, and since when it hasn't been.
  seen_at timestamptz,
  missing_since timestamptz,
  check_at timestamptz,
  ended_at timestamptz,
  end_reason text check (end_reason in ('gone', 'another', 'withdrawn')),
  check ((state in ('lost', 'withdrawn')) = (ended_at is not null)),
  check (state <> 'proven' or (proven_at is not null and method is not null)),
  check (check_at is null or state = 'proven')
);
create unique index domains_claim_once on domains_claim (customer_id, domain) where state in ('asked', 'proven');
create unique index domains_claim_proven on domains_claim (brand, domain) where state = 'proven';
create index on domains_claim (check_at) where check_at is not null;

-- In regions of mainland China the web's ports of a machine lead nowhere until its customer has a filing.
alter table compute_instance add column web_shut boolean not null default false;
