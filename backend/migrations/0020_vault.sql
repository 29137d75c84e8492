-- The vault: a key-encryption key outside the database → a key for each agency → a data key for each connection → sealed fields.
-- All of it is the system's alone: a tenant sees neither a key nor an envelope.

-- Which key-encryption keys this database has known, by fingerprint. The canary is a known value sealed by the key: a key that does
-- not open it is not the one.
create table vault_keks (
  fingerprint text primary key check (fingerprint ~ '^[0-9a-f]{16}$'),
  canary text,
  state text not null check (state in ('next', 'current', 'old', 'retired')),
  -- Made for development: a production start refuses the database.
  development boolean not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  check ((canary is null) = (state = 'retired'))
);
create unique index vault_keks_current on vault_keks ((true)) where state = 'current';
comment on table vault_keks is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"none"}';

-- Keys of the installation itself (audit chain, second factors, refresh tokens): they outlive the key-encryption key that wraps them.
create table vault_kept_keys (
  purpose text primary key,
  wrapped text not null,
  kek_fingerprint text not null references vault_keks (fingerprint),
  created_at timestamptz not null
);
create index vault_kept_keys_kek on vault_kept_keys (kek_fingerprint);
comment on table vault_kept_keys is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"none"}';

create table vault_agency_keys (
  agency_id uuid not null,
  version integer not null,
  wrapped text,
  kek_fingerprint text not null references vault_keks (fingerprint),
  -- Old ones still open what has not been moved yet; destroyed ones open nothing.
  state text not null check (state in ('current', 'old', 'destroyed')),
  created_at timestamptz not null,
  primary key (agency_id, version),
  check ((wrapped is null) = (state = 'destroyed'))
);
create unique index vault_agency_keys_current on vault_agency_keys (agency_id) where state = 'current';
create index vault_agency_keys_kek on vault_agency_keys (kek_fingerprint) where state <> 'destroyed';
comment on table vault_agency_keys is '{"tenancy":"agency","dataClass":"credentials","retention":"credential","audit":"none"}';

create table vault_data_keys (
  agency_id uuid not null,
  client_id uuid,
  connection_id uuid not null,
  version integer not null,
  wrapped text,
  agency_key_version integer not null,
  -- How often this key has sealed: random nonces are safe up to a number of uses (VT-04).
  seals bigint not null,
  -- Seals nothing more: it was there before its agency key was replaced, and whoever has a copy from then may know it.
  worn boolean not null default false,
  created_at timestamptz not null,
  destroyed_at timestamptz,
  primary key (agency_id, connection_id, version),
  foreign key (agency_id, agency_key_version) references vault_agency_keys (agency_id, version),
  check ((wrapped is null) = (destroyed_at is not null))
);
create index vault_data_keys_agency_key on vault_data_keys (agency_id, agency_key_version) where wrapped is not null;
comment on table vault_data_keys is '{"tenancy":"agency","dataClass":"credentials","retention":"credential","audit":"none"}';

create table vault_secrets (
  agency_id uuid not null,
  client_id uuid,
  connection_id uuid not null,
  name text not null,
  -- What the secret store gave back for the envelope: the envelope itself, or where it is.
  envelope text not null,
  version integer not null,
  key_version integer not null,
  fingerprint text not null,
  last4 text,
  created_at timestamptz not null,
  rotated_at timestamptz not null,
  primary key (agency_id, connection_id, name),
  foreign key (agency_id, connection_id, key_version) references vault_data_keys (agency_id, connection_id, version)
);
create index vault_secrets_key on vault_secrets (agency_id, connection_id, key_version);
comment on table vault_secrets is '{"tenancy":"agency","dataClass":"credentials","retention":"credential","audit":"none"}';

do $$
declare
  name text;
begin
  foreach name in array array['vault_keks', 'vault_kept_keys', 'vault_agency_keys', 'vault_data_keys', 'vault_secrets'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy system on %I to astrix_system using (true) with check (true)', name);
    execute format('grant select, insert, update on %I to astrix_system', name);
  end loop;
end $$;
grant delete on vault_secrets to astrix_system;

-- Credentials of channels live in the vault from here on. The backend moves what is still here at its next start: only it can open them.
alter table channels alter column token_sealed drop not null;
