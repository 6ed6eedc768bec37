-- Whoever decides must hold the area of what is approved.
alter table approvals_request add column area text;
update approvals_request set area = case
  when act like 'service-contract.%' then 'terms'
  when act in ('enforcement.measure', 'liability.grant') then 'cases'
  when act like 'service.%' then 'services'
  when act like 'authority.%' then 'audit'
  else 'money' end;
alter table approvals_request alter column area set not null;
