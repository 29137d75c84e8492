-- Addresses of connections, and what the events of all providers need beside those of WhatsApp.

create table webhook_endpoints (
  agency_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  -- Of the secret in the address. The secret itself is made from the id and a key of the vault, and kept nowhere.
  hash bytea not null,
  created_at timestamptz not null,
  -- Null for the one of today; one that was replaced is still called until then (WH-05).
  expires_at timestamptz,
  -- Until when the signing secret that was pasted before the present one is taken as well.
  old_secret_until timestamptz,
  primary key (agency_id, id),
  foreign key (agency_id, connection_id) references connections (agency_id, id) on delete cascade
);
create unique index webhook_endpoints_hash on webhook_endpoints (hash);
create unique index webhook_endpoints_current on webhook_endpoints (agency_id, connection_id) where expires_at is null;
create index webhook_endpoints_expiry on webhook_endpoints (expires_at) where expires_at is not null;
comment on table webhook_endpoints is '{"tenancy":"client","dataClass":"security-telemetry","retention":"account","audit":"connection.rotate-webhook"}';
alter table webhook_endpoints enable row level security;
alter table webhook_endpoints force row level security;
-- Seen by whoever sees the connection.
create policy tenant on webhook_endpoints for select to astrix_tenant
  using (agency_id = (select astrix_agency()) and exists (select 1 from connections c where c.agency_id = webhook_endpoints.agency_id and c.id = webhook_endpoints.connection_id));
create policy system on webhook_endpoints to astrix_system using (true) with check (true);
grant select on webhook_endpoints to astrix_tenant;
grant select, insert, update, delete on webhook_endpoints to astrix_system;

-- Null for the one address of an app. Unverified: whoever saw one could have written it, so it is a hint and no more (WH-06).
alter table webhook_deliveries add column connection_id uuid, add column verified boolean not null default true;
alter table webhook_events add column connection_id uuid, add column verified boolean not null default true;

-- Events that have had their effect, for as long as a copy or a dead letter of them may come back (WH-08). Keys are digests.
create table webhook_effects (
  key text primary key,
  expires_at timestamptz not null
);
create index webhook_effects_expiry on webhook_effects (expires_at);
comment on table webhook_effects is '{"tenancy":"system","dataClass":"security-telemetry","retention":"conversation","audit":"none"}';

-- Who asked is not kept: only that somebody did, and that it was done (WH-14).
create table webhook_deletions (
  code_hash bytea primary key,
  provider text not null,
  received_at timestamptz not null,
  done_at timestamptz,
  expires_at timestamptz not null
);
create index webhook_deletions_expiry on webhook_deletions (expires_at);
comment on table webhook_deletions is '{"tenancy":"system","dataClass":"security-telemetry","retention":"security-audit","audit":"connection.data-deleted"}';

do $$
declare
  name text;
begin
  foreach name in array array['webhook_effects', 'webhook_deletions'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy system on %I to astrix_system using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to astrix_system', name);
  end loop;
end $$;

-- Meta names a person; all that stands on their consent is found by it.
create index connections_owner on connections (owner_id) where owner_id is not null;
-- An event of an app names an account; every connection of it is concerned.
create index connections_provider_account on connections (provider, account_id) where status in ('active', 'broken');
