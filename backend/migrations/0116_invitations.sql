-- Who was asked to join an agency, and what they have done so far to join.

create table invitations (
  agency_id uuid not null references agencies,
  id uuid not null,
  email text not null check (email = lower(email)),
  role text not null check (role in ('owner', 'admin', 'manager', 'agent', 'analyst', 'client')),
  client_ids uuid[] not null,
  team_ids uuid[] not null,
  -- Of 256 random bits. The link that was sent holds them, and nothing else does (AU-15).
  token_hash bytea not null,
  -- Null for an invitation by the operator of the installation.
  invited_by uuid references people,
  created_at timestamptz not null,
  sent_at timestamptz not null,
  sent_times integer not null default 1,
  valid_until timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid references people,
  revoked_at timestamptz,
  revoked_by uuid references people,
  primary key (agency_id, id)
);
create unique index invitations_token on invitations (token_hash);
create unique index invitations_open on invitations (agency_id, email) where accepted_at is null and revoked_at is null;
create index invitations_sent on invitations (agency_id, sent_at);
create index invitations_invited_by on invitations (invited_by);
create index invitations_accepted_by on invitations (accepted_by);
create index invitations_revoked_by on invitations (revoked_by);
comment on table invitations is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"invitation.*"}';
select astrix_agency_table('invitations', tenant => '');

-- A person on the way to a factor: what was chosen so far, until a code of the new factor is confirmed. Nothing of it counts before.
create table enrolments (
  hash bytea primary key,
  purpose text not null check (purpose in ('invitation', 'recovery')),
  agency_id uuid not null references agencies,
  -- The invitation or the recovery.
  subject_id uuid not null,
  -- Of the person as they will be; not there yet for somebody new.
  person_id uuid not null,
  name text,
  password_hash text,
  given text[] not null,
  totp_sealed text,
  tries integer not null default 0,
  expires_at timestamptz not null
);
create index enrolments_agency on enrolments (agency_id);
create index enrolments_expiry on enrolments (expires_at);
comment on table enrolments is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"invitation.*"}';
alter table enrolments enable row level security;
alter table enrolments force row level security;
create policy system on enrolments to astrix_system using (true) with check (true);
grant select, insert, update, delete on enrolments to astrix_system;
