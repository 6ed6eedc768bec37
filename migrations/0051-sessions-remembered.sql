-- From where somebody signed in before is looked up at each sign-in: the newest sessions of one user, ended ones too.
create index identity_session_remembered on identity_session (user_id, created_at desc);
