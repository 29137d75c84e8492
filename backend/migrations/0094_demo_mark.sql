-- Whether the demo has filled this database: its passwords and authenticator secrets are published, so production refuses to start on it.
alter table deployment add column demo boolean not null default false;
-- Databases that the demo filled before there was a mark; its agency always has this id.
update deployment set demo = exists (select 1 from agencies where agency_id = '01990000-0000-7a00-8000-000000000001');
create policy system_mark on deployment for update to astrix_system using (true) with check (true);
grant update (demo) on deployment to astrix_system;
