-- What an agency has connected at which provider, how it does, and what is left of it when it ends.

create table connections (
  agency_id uuid not null,
  id uuid not null,
  -- Null for one of the agency, which all its clients share.
  client_id uuid,
  provider text not null,
  status text not null check (status in ('active', 'broken', 'disconnecting', 'disconnected')),
  -- Which account of the provider it is bound to, with what the reads need to know of it. No secret.
  account_id text not null,
  account_name text not null,
  account_detail text,
  settings jsonb not null,
  -- Where its secrets lie in the vault; consenting anew moves it to new ones.
  vault_id uuid not null,
  -- Who consented, by the provider's id: several connections may stand on one sign-in.
  owner_id text,
  -- Null where the provider does not say what it granted.
  granted jsonb,
  -- When access ends by itself: the token, and everything that could renew it.
  token_ends_at timestamptz,
  access_ends_at timestamptz,
  connected_by uuid,
  connected_at timestamptz not null,
  checked_at timestamptz,
  -- Why it does not work, in the provider's code and plain words.
  trouble jsonb,
  -- Who renews the credential at the moment, fenced by the generation (VT-12).
  refresh_owner uuid,
  refresh_generation bigint not null default 0,
  refresh_until timestamptz,
  refresh_failures integer not null default 0,
  refresh_after timestamptz,
  primary key (agency_id, id),
  foreign key (agency_id, client_id) references clients (agency_id, id)
);
create unique index connections_id on connections (id);
create index connections_client on connections (agency_id, client_id);
create index connections_ending on connections (token_ends_at) where status in ('active', 'broken');
-- One account is connected once for a client, and once for the agency.
create unique index connections_account on connections (agency_id, provider, account_id, coalesce(client_id, agency_id))
  where status in ('active', 'broken');
comment on table connections is '{"tenancy":"client","dataClass":"client-business","retention":"account","audit":"connection.*"}';

create table connection_health (
  agency_id uuid not null,
  connection_id uuid not null,
  capability text not null,
  kind text not null check (kind in ('read', 'send', 'receive')),
  ok_at timestamptz,
  failed_at timestamptz,
  trouble jsonb,
  primary key (agency_id, connection_id, capability, kind),
  foreign key (agency_id, connection_id) references connections (agency_id, id) on delete cascade
);
comment on table connection_health is '{"tenancy":"client","dataClass":"client-business","retention":"account","audit":"none"}';

-- A consent under way. The state is known by its digest only, works once, and for ten minutes (VT-07).
create table connect_attempts (
  agency_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  shared boolean not null,
  provider text not null,
  -- The connection that is consented to anew; null for a first time.
  connection_id uuid,
  person_id uuid not null,
  session_id uuid not null,
  state_hash bytea not null,
  redirect_uri text not null,
  loopback_port integer not null,
  scopes jsonb not null,
  stage text not null check (stage in ('started', 'exchanging', 'ready', 'confirmed', 'ended')),
  -- Of the receipt that goes to the machine that began (VT-08).
  receipt_hash bytea,
  accounts jsonb,
  granted jsonb,
  owner_id text,
  access_ends_at timestamptz,
  token_ends_at timestamptz,
  extras jsonb,
  -- Secrets that this consent has replaced, until they are destroyed.
  old_place uuid,
  created_at timestamptz not null,
  ends_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (agency_id, id),
  foreign key (agency_id, client_id) references clients (agency_id, id)
);
create unique index connect_attempts_state on connect_attempts (state_hash);
create index connect_attempts_client on connect_attempts (agency_id, client_id);
create index connect_attempts_ending on connect_attempts (ends_at) where stage not in ('confirmed', 'ended');
create index connect_attempts_old on connect_attempts (created_at) where old_place is not null;
create index connect_attempts_expiry on connect_attempts (expires_at);
comment on table connect_attempts is '{"tenancy":"client","dataClass":"security-telemetry","retention":"operational-log","audit":"connection.start"}';

-- What was read last, so that it is there at once, and while the provider is not.
create table connection_data (
  agency_id uuid not null,
  connection_id uuid not null,
  capability text not null,
  rows jsonb not null,
  total integer not null,
  fetched_at timestamptz not null,
  -- Something has changed since: read it again before showing it as fresh.
  outdated boolean not null default false,
  expires_at timestamptz not null,
  primary key (agency_id, connection_id, capability),
  foreign key (agency_id, connection_id) references connections (agency_id, id) on delete cascade
);
create index connection_data_expiry on connection_data (expires_at);
comment on table connection_data is '{"tenancy":"client","dataClass":"client-business","retention":"report-cache","audit":"none"}';

create table connection_receipts (
  agency_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  client_id uuid,
  provider text not null,
  account_name text not null,
  requested_by uuid,
  local_ended_at timestamptz not null,
  revocation text not null check (revocation in ('pending', 'revoked', 'by-hand', 'kept')),
  revoked_at timestamptz,
  revoke_attempts integer not null default 0,
  -- When revoking is tried again; null when it is over.
  next_at timestamptz,
  by_hand text not null,
  vault_id uuid not null,
  key_destroyed_at timestamptz,
  secrets jsonb not null,
  purged integer not null default 0,
  finished_at timestamptz,
  expires_at timestamptz not null,
  primary key (agency_id, id)
);
create unique index connection_receipts_connection on connection_receipts (agency_id, connection_id);
create index connection_receipts_client on connection_receipts (agency_id, client_id, local_ended_at desc);
create index connection_receipts_due on connection_receipts (next_at) where next_at is not null;
create index connection_receipts_expiry on connection_receipts (expires_at);
comment on table connection_receipts is '{"tenancy":"client","dataClass":"security-telemetry","retention":"security-audit","audit":"connection.disconnect"}';

-- What an admin has stopped (VT-13). No row means on.
create table switches (
  agency_id uuid not null,
  scope text not null check (scope in ('provider', 'client', 'connection')),
  subject text not null,
  reason text not null,
  by uuid,
  at timestamptz not null,
  primary key (agency_id, scope, subject)
);
comment on table switches is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"connection.switch"}';

-- Who may not use which provider (A10). No row means: as far as the role goes.
create table provider_denials (
  agency_id uuid not null,
  person_id uuid not null,
  provider text not null,
  primary key (agency_id, person_id, provider),
  foreign key (agency_id, person_id) references memberships (agency_id, person_id)
);
comment on table provider_denials is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"provider.access"}';

do $$
declare
  name text;
begin
  foreach name in array array['connections', 'connect_attempts', 'connection_receipts'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I to astrix_tenant
      using (agency_id = (select astrix_agency()) and (client_id is null or (select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[])))
      with check (agency_id = (select astrix_agency()) and (client_id is null or (select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[])))', name);
    execute format('create policy system on %I to astrix_system using (true) with check (true)', name);
    execute format('grant select, insert, update on %I to astrix_tenant', name);
    execute format('grant select, insert, update, delete on %I to astrix_system', name);
  end loop;
  -- These belong to a connection, and are seen by whoever sees it.
  foreach name in array array['connection_health', 'connection_data'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I for select to astrix_tenant
      using (agency_id = (select astrix_agency()) and exists (select 1 from connections c where c.agency_id = %I.agency_id and c.id = %I.connection_id))', name, name, name);
    execute format('create policy system on %I to astrix_system using (true) with check (true)', name);
    execute format('grant select on %I to astrix_tenant', name);
    execute format('grant select, insert, update, delete on %I to astrix_system', name);
  end loop;
  foreach name in array array['switches', 'provider_denials'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I to astrix_tenant
      using (agency_id = (select astrix_agency())) with check (agency_id = (select astrix_agency()))', name);
    execute format('create policy system on %I to astrix_system using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to astrix_tenant', name);
    execute format('grant select, insert, update, delete on %I to astrix_system', name);
  end loop;
end $$;

-- Every process looks again when a switch is moved.
create function switches_moved() returns trigger language plpgsql as $$
begin
  perform pg_notify('astrix_switches', '');
  return null;
end $$;
create trigger switches_moved after insert or update or delete on switches for each statement execute function switches_moved();

-- A number that was there before there were connections is one from now on, under the same id.
insert into connections (agency_id, id, vault_id, client_id, provider, status, account_id, account_name, settings, connected_at)
select agency_id, id, id, client_id, provider, case when status = 'active' then 'active' else 'broken' end, account_id, display_phone,
  jsonb_build_object('account', '{}'::jsonb, 'extras', '{}'::jsonb,
    'form', jsonb_strip_nulls(jsonb_build_object('phoneNumberId', account_id, 'businessAccountId', business_account_id))), created_at
from channels;

-- A number belongs to a connection; without one it is only the past of its conversations. It may be connected again later, elsewhere too.
alter table channels add column connection_id uuid;
update channels set connection_id = id;
alter table channels drop constraint channels_provider_account_id_key;
create unique index channels_account on channels (provider, account_id) where connection_id is not null;
create index channels_past on channels (provider, account_id) where connection_id is null;
