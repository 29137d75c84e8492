-- Ways to sign in that need a browser: what a browser has begun, codes for the console, links by e-mail, identity providers and passkeys.

-- A person on the way through the pages. It is continued only in the browser whose cookie has this digest.
create table page_flows (
  id uuid primary key,
  browser_hash bytea not null,
  kind text not null check (kind in ('sign-in', 'join', 'passkey')),
  -- Sealed, because it holds tickets and secrets of an attempt; the associated data names the flow.
  state_sealed text not null,
  expires_at timestamptz not null
);
create index page_flows_expiry on page_flows (expires_at);
comment on table page_flows is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"session.*"}';
alter table page_flows enable row level security;
alter table page_flows force row level security;
create policy system on page_flows to astrix_system using (true) with check (true);
grant select, insert, update, delete on page_flows to astrix_system;

-- What a browser carries to the console over loopback. Of no use without the verifier and the device key of the console that began.
create table sign_in_codes (
  hash bytea primary key,
  person_id uuid not null references people,
  agency_id uuid not null references agencies,
  given text[] not null,
  challenge text not null,
  port integer not null,
  device_key_hash bytea not null,
  expires_at timestamptz not null
);
create index sign_in_codes_person on sign_in_codes (person_id);
create index sign_in_codes_agency on sign_in_codes (agency_id);
create index sign_in_codes_expiry on sign_in_codes (expires_at);
comment on table sign_in_codes is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"session.*"}';
alter table sign_in_codes enable row level security;
alter table sign_in_codes force row level security;
create policy system on sign_in_codes to astrix_system using (true) with check (true);
grant select, insert, update, delete on sign_in_codes to astrix_system;

-- A row for each link that was asked for, whether there is an account or not, so that the limit reveals nothing (AU-14).
create table sign_in_links (
  hash bytea primary key,
  flow_id uuid not null,
  email_hash bytea not null,
  person_id uuid references people,
  created_at timestamptz not null,
  valid_until timestamptz not null,
  used_at timestamptz,
  -- Of the code that another device shows; null where the link was opened in the browser that asked for it.
  code_hash bytea,
  tries integer not null default 0,
  expires_at timestamptz not null
);
create index sign_in_links_flow on sign_in_links (flow_id);
create index sign_in_links_email on sign_in_links (email_hash, created_at);
create index sign_in_links_person on sign_in_links (person_id);
create index sign_in_links_expiry on sign_in_links (expires_at);
comment on table sign_in_links is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"session.*"}';
alter table sign_in_links enable row level security;
alter table sign_in_links force row level security;
create policy system on sign_in_links to astrix_system using (true) with check (true);
grant select, insert, update, delete on sign_in_links to astrix_system;

create table sign_in_settings (
  agency_id uuid primary key references agencies,
  ways text[] not null check (ways <@ array['password', 'link', 'passkey', 'oidc'] and cardinality(ways) > 0),
  updated_at timestamptz not null,
  updated_by uuid not null references people
);
create index sign_in_settings_updated_by on sign_in_settings (updated_by);
comment on table sign_in_settings is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"settings.sign-in"}';
select astrix_agency_table('sign_in_settings', tenant => 'select, insert, update');

create table oidc_providers (
  agency_id uuid primary key references agencies,
  label text not null check (char_length(label) between 1 and 60),
  issuer text not null,
  client_id text not null,
  -- Sealed; the associated data names the agency.
  secret_sealed text not null,
  -- People with an address in these domains are sent to this provider.
  domains text[] not null check (cardinality(domains) > 0),
  -- A second factor of the provider counts when `amr` or `acr` holds one of these; empty: it never counts (AU-10).
  factor_values text[] not null,
  -- Who is let in without an invitation: values of one claim, and the role that each gives (A8). Null: nobody.
  role_claim text,
  roles jsonb not null,
  updated_at timestamptz not null,
  updated_by uuid not null references people
);
create index oidc_providers_updated_by on oidc_providers (updated_by);
comment on table oidc_providers is '{"tenancy":"agency","dataClass":"credentials","retention":"credential","audit":"settings.sign-in"}';
select astrix_agency_table('oidc_providers', tenant => '');

-- Whose account a subject of an identity provider is. An address is never the key: it can change hands.
create table oidc_identities (
  agency_id uuid not null references agencies,
  issuer text not null,
  subject text not null,
  person_id uuid not null references people,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (agency_id, issuer, subject)
);
create index oidc_identities_person on oidc_identities (person_id);
comment on table oidc_identities is '{"tenancy":"agency","dataClass":"account","retention":"account","audit":"factor.*"}';
select astrix_agency_table('oidc_identities', tenant => '');

create table passkeys (
  factor_id uuid primary key references factors on delete cascade,
  person_id uuid not null references people,
  credential_id text not null unique,
  public_key bytea not null,
  -- Of signatures; one that does not grow is a copy of the key. 0 for authenticators that do not count.
  counter bigint not null,
  transports text[] not null
);
create index passkeys_person on passkeys (person_id);
comment on table passkeys is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"factor.*"}';
alter table passkeys enable row level security;
alter table passkeys force row level security;
create policy system on passkeys to astrix_system using (true) with check (true);
grant select, insert, update, delete on passkeys to astrix_system;
