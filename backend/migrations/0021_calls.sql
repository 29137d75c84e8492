-- Every call to a provider: who made it through which connection, and what came of it. When a credential is stolen, this is the list of what
-- it was used for (VT-13). Only the template of the path is kept: no parameter, header or body.
create table provider_calls (
  agency_id uuid not null,
  id uuid not null,
  -- Null for a connection of the agency itself.
  client_id uuid,
  connection_id uuid not null,
  -- Null where nobody asked for it: a schedule, a webhook.
  actor_id uuid,
  provider text not null,
  capability text not null,
  method text not null,
  path text not null,
  attempt integer not null,
  -- Null where no reply came.
  status integer,
  outcome text not null check (outcome in ('ok', 'retry', 'reauth', 'permanent', 'malformed', 'ambiguous', 'refused')),
  -- A word of ours or the provider's code; what a provider writes is not kept.
  reason text,
  duration_ms integer not null,
  bytes_out integer not null,
  bytes_in integer not null,
  at timestamptz not null,
  expires_at timestamptz not null,
  primary key (agency_id, id)
);
create index provider_calls_connection on provider_calls (agency_id, connection_id, at desc);
create index provider_calls_expiry on provider_calls (expires_at);
comment on table provider_calls is '{"tenancy":"client","dataClass":"security-telemetry","retention":"operational-log","audit":"none"}';

alter table provider_calls enable row level security;
alter table provider_calls force row level security;
create policy tenant_read on provider_calls for select to astrix_tenant
  using (
    agency_id = (select astrix_agency())
    and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))
    and expires_at > (select astrix_now())
  );
-- Written once and swept when its time has come; nobody changes what was done.
create policy system_read on provider_calls for select to astrix_system using (true);
create policy system_add on provider_calls for insert to astrix_system with check (true);
create policy system_expire on provider_calls for delete to astrix_system using (expires_at <= (select astrix_now()));
grant select on provider_calls to astrix_tenant;
grant select, insert, delete on provider_calls to astrix_system;
