-- What an agency chooses for its people.

create table agency_settings (
  agency_id uuid primary key references agencies,
  id uuid not null,
  session_idle_hours integer not null check (session_idle_hours between 1 and 8),
  session_life_days integer not null check (session_life_days between 1 and 30),
  privileged_life_hours integer not null check (privileged_life_hours between 1 and 12),
  offline_lease_days integer not null check (offline_lease_days between 1 and 3),
  devices_per_person integer check (devices_per_person between 1 and 20),
  platforms text[] not null check (cardinality(platforms) > 0),
  export_roles text[] not null check (export_roles <@ array['owner', 'admin'] and 'owner' = any (export_roles)),
  recovery_delay_hours integer not null check (recovery_delay_hours in (0, 24)),
  invitations_per_day integer not null check (invitations_per_day between 1 and 500),
  version integer not null,
  updated_at timestamptz not null,
  updated_by uuid not null references people,
  check (id = agency_id)
);
create index agency_settings_updated_by on agency_settings (updated_by);
comment on table agency_settings is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"settings.agency"}';
select astrix_agency_table('agency_settings', synced => 'console-rules', tenant => 'select, insert, update');
