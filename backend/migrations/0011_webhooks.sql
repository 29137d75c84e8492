-- Deliveries as they came, the single events in them, and the five-minute markers.

create table webhook_deliveries (
  id bigint generated always as identity primary key,
  provider text not null,
  received_at timestamptz not null,
  body bytea not null,
  expires_at timestamptz not null
);
-- Bodies are read once and forgotten: not worth compressing. Nor is an index on the expiry of rows that live for milliseconds.
alter table webhook_deliveries alter column body set storage external;
comment on table webhook_deliveries is '{"tenancy":"system","dataClass":"end-customer","retention":"conversation","audit":"none"}';

create table webhook_events (
  id uuid primary key,
  place bigint generated always as identity,
  provider text not null,
  account_id text,
  -- The provider's business account, for notices that name no number.
  business_id text,
  -- What must not be worked on twice at the same moment: one customer of one account.
  entity text not null,
  kind text not null,
  natural_key text not null,
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'dead')),
  -- Known once the account is: whose dead letter it is.
  agency_id uuid,
  client_id uuid,
  attempts integer not null default 0,
  reason text,
  received_at timestamptz not null,
  next_at timestamptz not null,
  expires_at timestamptz not null
);
create index webhook_events_pending on webhook_events (place) where state = 'pending';
create index webhook_events_dead_key on webhook_events (natural_key) where state = 'dead';
create index webhook_events_dead on webhook_events (agency_id, received_at) where state = 'dead';
create index webhook_events_expiry on webhook_events (expires_at);
comment on table webhook_events is '{"tenancy":"system","dataClass":"end-customer","retention":"conversation","audit":"webhook.replay"}';

-- A guard against copies that arrive together; what protects for ever are the natural keys of the effects (WH-07, WH-08).
create table webhook_markers (
  key text primary key,
  expires_at timestamptz not null
);
create index webhook_markers_expiry on webhook_markers (expires_at);
comment on table webhook_markers is '{"tenancy":"system","dataClass":"security-telemetry","retention":"webhook-marker","audit":"none"}';

do $$
declare
  name text;
begin
  foreach name in array array['webhook_deliveries', 'webhook_events', 'webhook_markers'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy system on %I to astrix_system using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to astrix_system', name);
  end loop;
end $$;
