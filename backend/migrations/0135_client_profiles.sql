-- People of an agency add clients, describe them, pause, archive and delete them.

alter table clients
  add column logo text check (length(logo) <= 24000),
  add column features_off text[] not null default '{}',
  add column archived_at timestamptz,
  add column delete_at timestamptz,
  add constraint clients_deletion check (delete_at is null or archived_at is not null);

-- Two clients with one name are answered as each other. Case and outer blanks do not tell them apart.
create unique index clients_name on clients (agency_id, lower(btrim(name)));
create index clients_delete_at on clients (delete_at) where delete_at is not null;

-- Only who reaches every client adds one: nobody else would see it.
create policy tenant_adds on clients for insert to astrix_tenant
  with check (agency_id = (select astrix_agency()) and (select astrix_all_clients()));
create policy tenant_changes on clients for update to astrix_tenant
  using (agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or id = any ((select astrix_clients())::uuid[])))
  with check (agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or id = any ((select astrix_clients())::uuid[])));
grant insert on clients to astrix_tenant;
grant update (name, initials, hue, shade, shape, reply_as, status, logo, features_off, archived_at, delete_at) on clients to astrix_tenant;
grant delete on clients to astrix_system;

create table client_profiles (
  agency_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  contacts jsonb not null,
  hours jsonb,
  holidays jsonb not null,
  languages text[] not null,
  version integer not null,
  updated_at timestamptz not null,
  primary key (agency_id, id),
  foreign key (agency_id, client_id) references clients (agency_id, id) on delete cascade,
  check (id = client_id)
);
create index client_profiles_client on client_profiles (agency_id, client_id);
comment on table client_profiles is '{"tenancy":"client","dataClass":"client-business","retention":"account","audit":"client.profile"}';
select astrix_client_table('client_profiles', synced => 'client-profiles', tenant => 'select, insert, update');

-- A client that is deleted takes its rows along. What only ever grows, such as the audit, is no table of clients.
do $$
declare
  target regclass;
begin
  for target in
    select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' and a.attname = 'client_id' and not a.attisdropped
      and obj_description(c.oid, 'pg_class')::jsonb ->> 'retention' <> 'security-audit'
  loop
    execute format('grant delete on %s to astrix_system', target);
  end loop;
end $$;
