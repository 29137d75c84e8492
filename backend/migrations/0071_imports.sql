-- How far the import of each connection and capability has come, and the rows that it could not use.

create table import_cursors (
  agency_id uuid not null,
  connection_id uuid not null,
  capability text not null,
  -- Null for a connection of the agency, which all its clients share.
  client_id uuid,
  provider text not null,
  -- Everything up to here is imported; null until the history is.
  read_until timestamptz,
  -- When rows of the last days were read again, where changes of them are told otherwise by nobody.
  reread_at timestamptz,
  -- The run under way. Its range is the same for all of its pages, so that it goes on after a restart; null between two runs.
  run_kind text check (run_kind in ('history', 'changes', 'again')),
  run_since timestamptz,
  run_until timestamptz,
  cursor text,
  pages integer not null default 0,
  -- The provider told of a change since the run began.
  changed_at timestamptz,
  due_at timestamptz not null,
  -- The process that works on it, and until when it has it to itself.
  claim uuid,
  claimed_until timestamptz,
  failures integer not null default 0,
  primary key (agency_id, connection_id, capability)
);
create index import_cursors_due on import_cursors (due_at);
comment on table import_cursors is '{"tenancy":"client","dataClass":"client-business","retention":"account","audit":"none"}';
select astrix_client_table('import_cursors', tenant => '');

-- One line for each row that does not fit. It goes when the row is read well, or with its connection.
create table import_odd_rows (
  agency_id uuid not null,
  connection_id uuid not null,
  capability text not null,
  -- The provider's own id; empty for rows whose id cannot be read, which are counted together.
  key text not null,
  client_id uuid,
  reason text not null,
  times integer not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (agency_id, connection_id, capability, key)
);
comment on table import_odd_rows is '{"tenancy":"client","dataClass":"client-business","retention":"account","audit":"none"}';
select astrix_client_table('import_odd_rows', tenant => '');

-- How many rows of the capability the import has left aside.
alter table connection_health add column left_aside integer not null default 0;
