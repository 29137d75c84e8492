-- Who may sign in, and the sessions they hold. People are global: one person can belong to several agencies.

create table agencies (
  agency_id uuid primary key,
  name text not null,
  created_at timestamptz not null
);
comment on table agencies is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"agency.change"}';
alter table agencies enable row level security;
alter table agencies force row level security;
create policy tenant on agencies for select to astrix_tenant using (agency_id = (select astrix_agency()));
create policy system on agencies to astrix_system using (true) with check (true);
grant select on agencies to astrix_tenant;
grant select, insert, update on agencies to astrix_system;

create table people (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  initials text not null,
  password_hash text not null,
  -- Sealed under the KEK; the associated data names the person.
  totp_sealed text,
  -- The last accepted time step: a code works once (AU-11).
  totp_last_step bigint not null default 0,
  disabled_at timestamptz,
  created_at timestamptz not null
);
comment on table people is '{"tenancy":"system","dataClass":"account","retention":"account","audit":"person.change"}';
alter table people enable row level security;
alter table people force row level security;
create policy system on people to astrix_system using (true) with check (true);
grant select, insert, update on people to astrix_system;

create table memberships (
  agency_id uuid not null references agencies,
  person_id uuid not null references people,
  role text not null check (role in ('owner', 'admin', 'manager', 'agent', 'analyst', 'client')),
  -- Copies for the list of colleagues: a tenant cannot read the table of people.
  name text not null,
  initials text not null,
  disabled_at timestamptz,
  created_at timestamptz not null,
  primary key (agency_id, person_id)
);
create index memberships_person on memberships (person_id);
comment on table memberships is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"membership.change"}';
alter table memberships enable row level security;
alter table memberships force row level security;
create policy tenant on memberships for select to astrix_tenant using (agency_id = (select astrix_agency()));
create policy system on memberships to astrix_system using (true) with check (true);
grant select on memberships to astrix_tenant;
grant select, insert, update on memberships to astrix_system;
create trigger memberships_feed after insert or update or delete on memberships
  for each row execute function astrix_feed('people', 'person_id', '-', '-');

-- A session is a family of refresh tokens: generation n is current, and each use makes n + 1 (AU-04).
create table sessions (
  agency_id uuid not null references agencies,
  id uuid not null,
  person_id uuid not null references people,
  generation integer not null default 1,
  -- Refresh tokens are derived from it and never stored.
  salt bytea not null,
  device_key_hash bytea not null,
  device_name text not null,
  platform text not null,
  created_at timestamptz not null,
  rotated_at timestamptz not null,
  last_seen_at timestamptz not null,
  idle_until timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('signed-out', 'revoked', 'reuse', 'disabled')),
  primary key (agency_id, id)
);
create unique index sessions_id on sessions (id);
create index sessions_person on sessions (person_id);
comment on table sessions is '{"tenancy":"agency","dataClass":"credentials","retention":"credential","audit":"session.*"}';
alter table sessions enable row level security;
alter table sessions force row level security;
create policy tenant on sessions to astrix_tenant using (agency_id = (select astrix_agency())) with check (agency_id = (select astrix_agency()));
create policy system on sessions to astrix_system using (true) with check (true);
grant select, update on sessions to astrix_tenant;
grant select, insert, update, delete on sessions to astrix_system;

-- Several may be valid at once: a lost reply or two windows must not sign anybody out.
create table access_tokens (
  hash bytea primary key,
  session_id uuid not null references sessions (id),
  expires_at timestamptz not null
);
create index access_tokens_session on access_tokens (session_id);
create index access_tokens_expiry on access_tokens (expires_at);
comment on table access_tokens is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"session.*"}';
alter table access_tokens enable row level security;
alter table access_tokens force row level security;
create policy system on access_tokens to astrix_system using (true) with check (true);
grant select, insert, delete on access_tokens to astrix_system;

create table sign_in_challenges (
  hash bytea primary key,
  person_id uuid not null references people,
  device jsonb not null,
  tries integer not null default 0,
  expires_at timestamptz not null
);
create index sign_in_challenges_person on sign_in_challenges (person_id);
comment on table sign_in_challenges is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"session.*"}';
alter table sign_in_challenges enable row level security;
alter table sign_in_challenges force row level security;
create policy system on sign_in_challenges to astrix_system using (true) with check (true);
grant select, insert, update, delete on sign_in_challenges to astrix_system;

-- By hash of account and source, known or not: the count itself must not reveal who has an account (AU-14).
create table sign_in_failures (
  key bytea primary key,
  failures integer not null,
  locked_until timestamptz,
  expires_at timestamptz not null
);
create index sign_in_failures_expiry on sign_in_failures (expires_at);
comment on table sign_in_failures is '{"tenancy":"system","dataClass":"security-telemetry","retention":"credential","audit":"session.refused"}';
alter table sign_in_failures enable row level security;
alter table sign_in_failures force row level security;
create policy system on sign_in_failures to astrix_system using (true) with check (true);
grant select, insert, update, delete on sign_in_failures to astrix_system;
