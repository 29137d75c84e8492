-- Parcels that wait at the agency's desk.

create table parcels (
  agency_id uuid not null,
  client_id uuid not null,
  id uuid not null,
  awb text not null,
  content text not null,
  status text not null check (status in ('waiting', 'collected')),
  updated_at timestamptz not null,
  version integer not null default 1,
  expires_at timestamptz not null,
  primary key (agency_id, id),
  foreign key (agency_id, client_id) references clients (agency_id, id)
);
create index parcels_client on parcels (agency_id, client_id, updated_at);
create index parcels_expiry on parcels (expires_at);
comment on table parcels is '{"tenancy":"client","dataClass":"logistics","retention":"temporary-file","audit":"parcel.add"}';
select astrix_client_table('parcels', synced => 'parcels', tenant => 'select, insert, update');
