-- How people prove themselves: several authenticators and passkeys for each person, recovery codes, and what was shown for a session.

create table factors (
  id uuid primary key,
  person_id uuid not null references people,
  kind text not null check (kind in ('totp', 'passkey')),
  label text not null check (char_length(label) between 1 and 120),
  -- Sealed; the associated data names the factor.
  secret_sealed text,
  -- The last accepted time step: a code works once (AU-11).
  last_step bigint not null default 0,
  created_at timestamptz not null,
  last_used_at timestamptz,
  check ((kind = 'totp') = (secret_sealed is not null))
);
create index factors_person on factors (person_id);
comment on table factors is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"factor.*"}';
alter table factors enable row level security;
alter table factors force row level security;
create policy system on factors to astrix_system using (true) with check (true);
grant select, insert, update, delete on factors to astrix_system;

-- The first factor of a person has the person's id: what was sealed for the person opens for the factor.
insert into factors (id, person_id, kind, label, secret_sealed, last_step, created_at)
  select id, id, 'totp', 'Authenticator app', totp_sealed, totp_last_step, created_at from people where totp_sealed is not null;
alter table people drop column totp_sealed, drop column totp_last_step;
-- Null for a person who signs in by a passkey or by the agency's identity provider alone.
alter table people alter column password_hash drop not null;

create table recovery_codes (
  hash bytea primary key,
  person_id uuid not null references people,
  created_at timestamptz not null,
  used_at timestamptz
);
create index recovery_codes_person on recovery_codes (person_id);
comment on table recovery_codes is '{"tenancy":"system","dataClass":"credentials","retention":"credential","audit":"factor.*"}';
alter table recovery_codes enable row level security;
alter table recovery_codes force row level security;
create policy system on recovery_codes to astrix_system using (true) with check (true);
grant select, insert, update, delete on recovery_codes to astrix_system;

alter table sessions
  -- What was shown at the sign-in, such as a password and a code (AU-10).
  add column given text[],
  -- When the person last proved themselves in this session (AU-12).
  add column authenticated_at timestamptz,
  -- The network as a person may read it, without the last part of an address. Null for sessions from before.
  add column network text;
update sessions s set authenticated_at = created_at,
  given = case when exists (select 1 from factors f where f.person_id = s.person_id) then array['password', 'totp'] else array['password'] end;
alter table sessions alter column given set not null, alter column authenticated_at set not null;
grant select (given, authenticated_at, network, end_reason) on sessions to astrix_tenant;
alter table sessions drop constraint sessions_end_reason_check;
alter table sessions add constraint sessions_end_reason_check check (end_reason in ('signed-out', 'revoked', 'reuse', 'disabled', 'factor'));
