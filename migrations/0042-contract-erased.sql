-- A generated column isn't there yet before a row is updated: a contract's number was taken for an edit of it.
create or replace function documents_contract_stands() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('cloudpact.erasing', true) = 'documents_contract'
    and (to_jsonb(new) - '{facts,number}'::text[]) = (to_jsonb(old) - '{facts,number}'::text[]) then
    return new;
  end if;
  if tg_op = 'DELETE' or old.state in ('sealed', 'refused')
    or (to_jsonb(new) - '{number,state,reason,decided_at,sealed_at,file_id,sha256,certificate}'::text[])
      <> (to_jsonb(old) - '{number,state,reason,decided_at,sealed_at,file_id,sha256,certificate}'::text[]) then
    raise exception 'contract % stands as it is', old.number
      using errcode = 'integrity_constraint_violation', constraint = 'documents_contract_stands';
  end if;
  return new;
end $$;
