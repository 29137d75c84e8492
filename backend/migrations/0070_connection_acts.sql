-- What was done at providers, or may have been: one row for each idempotency key, written before the provider is asked.

create table connection_acts (
  agency_id uuid not null,
  id uuid not null,
  -- Whom it is done for, also through a connection of the agency.
  client_id uuid not null,
  connection_id uuid not null,
  act text not null,
  -- Chosen by the caller; the same for every attempt at one thing.
  key text not null,
  -- Of the act and its input: a key never stands for something else.
  input_hash bytea not null,
  state text not null check (state in ('started', 'done', 'refused', 'unknown')),
  -- When the provider was asked first, as far as that may have had an effect.
  attempted_at timestamptz not null,
  -- Until when the process that asks has the row to itself; null when nobody asks.
  busy_until timestamptz,
  result jsonb,
  fault jsonb,
  -- Of `refused`: the same key may try again, because nothing was done and the reason lay outside of the request.
  may_repeat boolean not null default false,
  requested_by uuid not null,
  created_at timestamptz not null,
  settled_at timestamptz,
  expires_at timestamptz not null,
  primary key (agency_id, id),
  foreign key (agency_id, client_id) references clients (agency_id, id),
  foreign key (agency_id, connection_id) references connections (agency_id, id) on delete cascade
);
create unique index connection_acts_key on connection_acts (agency_id, connection_id, key);
create index connection_acts_client on connection_acts (agency_id, client_id);
create index connection_acts_expiry on connection_acts (expires_at);
comment on table connection_acts is '{"tenancy":"client","dataClass":"payment-metadata","retention":"operational-log","audit":"connection.act"}';
select astrix_client_table('connection_acts', tenant => 'select, insert');
