-- How a membership ends and changes hands, and how a person gets back in.

-- Set beside `disabled_at` for somebody who has been off-boarded: they come back only by a new invitation.
alter table memberships add column left_at timestamptz;

-- One open offer for each agency: the owner offers, the other accepts.
create table ownership_offers (
  agency_id uuid primary key references agencies,
  id uuid not null,
  offered_by uuid not null references people,
  offered_to uuid not null references people,
  -- Whether the one who offers becomes an admin when it is accepted.
  steps_down boolean not null,
  created_at timestamptz not null,
  valid_until timestamptz not null
);
create index ownership_offers_offered_by on ownership_offers (offered_by);
create index ownership_offers_offered_to on ownership_offers (offered_to);
comment on table ownership_offers is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"ownership.*"}';
select astrix_agency_table('ownership_offers', tenant => '');

create table recoveries (
  agency_id uuid not null references agencies,
  id uuid not null,
  person_id uuid not null references people,
  started_by uuid not null references people,
  token_hash bytea not null,
  started_at timestamptz not null,
  -- Until then everybody who was told can stop it.
  ready_at timestamptz not null,
  valid_until timestamptz not null,
  completed_at timestamptz,
  cancelled_at timestamptz,
  cancelled_by uuid references people,
  primary key (agency_id, id)
);
create unique index recoveries_token on recoveries (token_hash);
create unique index recoveries_open on recoveries (agency_id, person_id) where completed_at is null and cancelled_at is null;
create index recoveries_person on recoveries (person_id);
create index recoveries_started_by on recoveries (started_by);
create index recoveries_cancelled_by on recoveries (cancelled_by);
comment on table recoveries is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"recovery.*"}';
select astrix_agency_table('recoveries', tenant => '');
