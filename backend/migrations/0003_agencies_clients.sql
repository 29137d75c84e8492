-- The clients an agency looks after, and who may work on which.

create table clients (
  agency_id uuid not null references agencies,
  id uuid not null,
  name text not null,
  initials text not null,
  hue text not null,
  reply_as text not null,
  status text not null default 'active' check (status in ('active', 'paused')),
  created_at timestamptz not null,
  primary key (agency_id, id)
);
create unique index clients_id on clients (id);
comment on table clients is '{"tenancy":"client","dataClass":"client-business","retention":"account","audit":"client.change"}';
alter table clients enable row level security;
alter table clients force row level security;
create policy tenant on clients for select to astrix_tenant
  using (agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or id = any ((select astrix_clients())::uuid[])));
create policy system on clients to astrix_system using (true) with check (true);
grant select on clients to astrix_tenant;
grant select, insert, update on clients to astrix_system;
create trigger clients_feed after insert or update or delete on clients
  for each row execute function astrix_feed('clients', 'id', 'id', '-');

create table client_access (
  agency_id uuid not null,
  client_id uuid not null,
  person_id uuid not null,
  created_at timestamptz not null,
  primary key (agency_id, client_id, person_id),
  foreign key (agency_id, client_id) references clients (agency_id, id),
  foreign key (agency_id, person_id) references memberships (agency_id, person_id)
);
create index client_access_person on client_access (agency_id, person_id);
comment on table client_access is '{"tenancy":"client","dataClass":"account","retention":"account","audit":"client.access.*"}';
alter table client_access enable row level security;
alter table client_access force row level security;
create policy tenant on client_access to astrix_tenant
  using (agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[])))
  with check (agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[])));
create policy system on client_access to astrix_system using (true) with check (true);
grant select, insert, delete on client_access to astrix_tenant;
grant select, insert, delete on client_access to astrix_system;

-- Nobody's row changes when access does, but live streams must look again (AU-08).
create function client_access_moved() returns trigger language plpgsql as $$
begin
  perform pg_notify('astrix_feed', coalesce(new.agency_id, old.agency_id)::text);
  return null;
end $$;
create trigger client_access_moved after insert or delete on client_access for each row execute function client_access_moved();
