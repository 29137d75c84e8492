-- What a person wants to be told about, for each client.

create table notification_preferences (
  agency_id uuid not null,
  client_id uuid not null,
  person_id uuid not null,
  id uuid not null,
  muted boolean not null default false,
  -- Minutes after midnight IST.
  quiet_from integer check (quiet_from between 0 and 1439),
  quiet_to integer check (quiet_to between 0 and 1439),
  primary key (agency_id, client_id, person_id),
  foreign key (agency_id, client_id) references clients (agency_id, id),
  foreign key (agency_id, person_id) references memberships (agency_id, person_id)
);
create index notification_preferences_person on notification_preferences (agency_id, person_id);
comment on table notification_preferences is '{"tenancy":"person","dataClass":"account","retention":"account","audit":"none"}';
alter table notification_preferences enable row level security;
alter table notification_preferences force row level security;
create policy tenant on notification_preferences to astrix_tenant
  using (agency_id = (select astrix_agency()) and person_id = (select astrix_person())
    and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[])))
  with check (agency_id = (select astrix_agency()) and person_id = (select astrix_person())
    and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[])));
create policy system on notification_preferences to astrix_system using (true) with check (true);
grant select, insert, update on notification_preferences to astrix_tenant;
grant select, insert, update, delete on notification_preferences to astrix_system;
create trigger notification_preferences_feed after insert or update or delete on notification_preferences
  for each row execute function astrix_feed('notificationPreferences', 'id', 'client_id', 'person_id');
