-- Mail that waits to be sent, and what became of it. Who it goes to and what it says is one sealed value, which is erased as soon as the mail
-- has been taken or given up. The row stays without it, for whoever asks whether an invitation arrived.
create table mails (
  id uuid primary key,
  -- Null for a mail that belongs to no agency.
  agency_id uuid,
  -- The name of its template.
  name text not null,
  -- The caller's own key: the same one makes no second mail.
  dedupe text,
  -- A keyed digest of the address.
  address_hash bytea not null,
  sealed text,
  state text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'bounced')),
  attempts integer not null default 0,
  -- When it may be tried again. A process that sends it moves this on first, so that another one takes over if that process dies.
  next_at timestamptz not null,
  -- A word of ours or a status of SMTP; what a server writes is not kept.
  reason text,
  give_up_at timestamptz not null,
  created_at timestamptz not null,
  sent_at timestamptz,
  expires_at timestamptz not null,
  check (state = 'queued' or sealed is null)
);
create unique index mails_once on mails (agency_id, name, dedupe) nulls not distinct where dedupe is not null;
create index mails_waiting on mails (next_at) where state = 'queued';
create index mails_address on mails (address_hash);
create index mails_expiry on mails (expires_at);
comment on table mails is '{"tenancy":"system","dataClass":"security-telemetry","retention":"operational-log","audit":"none"}';
alter table mails enable row level security;
alter table mails force row level security;
create policy system on mails to astrix_system using (true) with check (true);
create policy tenant_queue on mails for insert to astrix_tenant with check (agency_id = (select astrix_agency()));
create policy tenant_read on mails for select to astrix_tenant
  using (agency_id = (select astrix_agency()) and expires_at > (select astrix_now()));
grant select, insert, update, delete on mails to astrix_system;
grant insert (id, agency_id, name, dedupe, address_hash, sealed, next_at, give_up_at, created_at, expires_at) on mails to astrix_tenant;
grant select (agency_id, id, state, reason, sent_at, expires_at) on mails to astrix_tenant;

-- Addresses that a mail server has refused for good, as keyed digests. Nothing is sent to them until the row expires or an operator lifts it.
create table mail_suppressions (
  address_hash bytea primary key,
  reason text not null,
  at timestamptz not null,
  expires_at timestamptz not null
);
create index mail_suppressions_expiry on mail_suppressions (expires_at);
comment on table mail_suppressions is '{"tenancy":"system","dataClass":"security-telemetry","retention":"operational-log","audit":"none"}';
alter table mail_suppressions enable row level security;
alter table mail_suppressions force row level security;
create policy system on mail_suppressions to astrix_system using (true) with check (true);
grant select, insert, update, delete on mail_suppressions to astrix_system;
