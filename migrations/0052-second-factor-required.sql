-- A second factor that is asked of everybody in a customer, by its owner (a brand says it in brand.yaml).

alter table identity_customer add column second_factor_required boolean not null default false;

-- When a session showed a second factor, or a passkey, which is both; null when it never did.
alter table identity_session add column factor_at timestamptz;
update identity_session set factor_at = created_at where opened_by = 'passkey' or opened_by like '%+%';
