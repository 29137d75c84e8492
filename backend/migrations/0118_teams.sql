-- Teams of an agency, and the clients that each works on.

create table teams (
  agency_id uuid not null references agencies,
  id uuid not null,
  name text not null check (char_length(name) between 1 and 120),
  created_at timestamptz not null,
  primary key (agency_id, id)
);
create unique index teams_name on teams (agency_id, lower(name));
comment on table teams is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"team.*"}';
select astrix_agency_table('teams', tenant => '');

create table team_people (
  agency_id uuid not null,
  team_id uuid not null,
  person_id uuid not null,
  primary key (agency_id, team_id, person_id),
  foreign key (agency_id, team_id) references teams (agency_id, id) on delete cascade,
  foreign key (agency_id, person_id) references memberships (agency_id, person_id)
);
create index team_people_person on team_people (agency_id, person_id);
comment on table team_people is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"team.*"}';
select astrix_agency_table('team_people', tenant => '');

create table team_clients (
  agency_id uuid not null,
  team_id uuid not null,
  client_id uuid not null,
  primary key (agency_id, team_id, client_id),
  foreign key (agency_id, team_id) references teams (agency_id, id) on delete cascade,
  foreign key (agency_id, client_id) references clients (agency_id, id)
);
create index team_clients_client on team_clients (agency_id, client_id);
comment on table team_clients is '{"tenancy":"agency","dataClass":"client-business","retention":"account","audit":"team.*"}';
select astrix_agency_table('team_clients', tenant => '');

-- Access comes by name, by a team, or by both; the row is there as long as one of them holds. Whoever reads access reads one table.
alter table client_access add column by_name boolean not null default true, add column by_team boolean not null default false;
alter table client_access add constraint client_access_reason check (by_name or by_team);
grant update (by_name) on client_access to astrix_tenant;
grant update (by_name, by_team) on client_access to astrix_system;
