-- The floor that every table stands on: two roles, the tenant settings, the change feed, the audit chain, idempotency keys.
-- Each table says in its comment whose it is, what it carries and how long it lives; the boot refuses one that does not.

do $$
begin
  create role astrix_tenant nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  create role astrix_system nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  execute format('grant astrix_tenant, astrix_system to %I', current_user);
end $$;
grant usage on schema public to astrix_tenant, astrix_system;

-- An unset setting reads as null, and null equals nothing: without a tenant there are no rows.
create function astrix_agency() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.agency', true), '')::uuid $$;
create function astrix_person() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.person', true), '')::uuid $$;
create function astrix_clients() returns uuid[] language sql stable parallel safe
  as $$ select string_to_array(nullif(current_setting('app.clients', true), ''), ',')::uuid[] $$;
create function astrix_all_clients() returns boolean language sql stable parallel safe
  as $$ select coalesce(current_setting('app.all_clients', true) = 'on', false) $$;
-- The application's clock, so that expiry is decided by the same time that wrote it.
create function astrix_now() returns timestamptz language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now()) $$;

-- One row for each record: where its newest state stands in the order of transactions.
create sequence changes_seq;
create table changes (
  agency_id uuid not null,
  collection text not null,
  row_id uuid not null,
  client_id uuid,
  person_id uuid,
  op text not null check (op in ('put', 'gone')),
  xid xid8 not null,
  seq bigint not null,
  primary key (agency_id, collection, row_id)
);
create index changes_order on changes (agency_id, xid, seq);
create index changes_client on changes (agency_id, client_id, xid, seq);
comment on table changes is '{"tenancy":"agency","dataClass":"public","retention":"account","audit":"none"}';
alter table changes enable row level security;
alter table changes force row level security;
create policy tenant on changes to astrix_tenant
  using (
    agency_id = (select astrix_agency())
    and (client_id is null or (select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))
    and (person_id is null or person_id = (select astrix_person()))
  );
create policy system on changes to astrix_system using (true) with check (true);
grant select on changes to astrix_tenant;
grant select, insert, update, delete on changes to astrix_system;
grant usage on sequence changes_seq to astrix_system;

-- Attached to every synced table. Runs with the owner's rights: a tenant transaction may change its rows, never the feed itself.
-- Arguments: collection, id column, client column or '-', person column or '-'.
create function astrix_feed() returns trigger language plpgsql security definer set search_path = public as $$
declare
  record_now jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  agency uuid := (record_now ->> 'agency_id')::uuid;
begin
  if tg_op = 'UPDATE' and to_jsonb(old) = record_now then
    return null;
  end if;
  insert into changes (agency_id, collection, row_id, client_id, person_id, op, xid, seq)
  values (
    agency,
    tg_argv[0],
    (record_now ->> tg_argv[1])::uuid,
    case when tg_argv[2] = '-' then null else (record_now ->> tg_argv[2])::uuid end,
    case when tg_argv[3] = '-' then null else (record_now ->> tg_argv[3])::uuid end,
    case when tg_op = 'DELETE' then 'gone' else 'put' end,
    pg_current_xact_id(),
    nextval('changes_seq')
  )
  on conflict (agency_id, collection, row_id)
  do update set op = excluded.op, xid = excluded.xid, seq = excluded.seq, client_id = excluded.client_id, person_id = excluded.person_id;
  perform pg_notify('astrix_feed', agency::text);
  return null;
end $$;

-- Append-only, chained per agency; the application's roles can read and add, never change.
create table audit_log (
  agency_id uuid not null,
  seq bigint not null,
  id uuid not null,
  at timestamptz not null,
  event text not null,
  actor_id uuid,
  session_id uuid,
  client_id uuid,
  subject_type text not null,
  subject_id text not null,
  detail jsonb not null,
  request_id text,
  mac bytea not null,
  expires_at timestamptz not null,
  primary key (agency_id, seq)
);
create index audit_log_expiry on audit_log (expires_at);
comment on table audit_log is '{"tenancy":"agency","dataClass":"security-telemetry","retention":"security-audit","audit":"self"}';
alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy tenant_read on audit_log for select to astrix_tenant using (agency_id = (select astrix_agency()) and expires_at > (select astrix_now()));
create policy tenant_add on audit_log for insert to astrix_tenant with check (agency_id = (select astrix_agency()));
create policy system_read on audit_log for select to astrix_system using (true);
create policy system_add on audit_log for insert to astrix_system with check (true);
create policy system_expire on audit_log for delete to astrix_system using (expires_at <= (select astrix_now()));
grant select, insert on audit_log to astrix_tenant;
grant select, insert, delete on audit_log to astrix_system;

create table audit_heads (
  agency_id uuid primary key,
  seq bigint not null,
  mac bytea not null
);
comment on table audit_heads is '{"tenancy":"agency","dataClass":"security-telemetry","retention":"account","audit":"self"}';
alter table audit_heads enable row level security;
alter table audit_heads force row level security;
create policy tenant on audit_heads to astrix_tenant using (agency_id = (select astrix_agency())) with check (agency_id = (select astrix_agency()));
create policy system on audit_heads to astrix_system using (true) with check (true);
grant select, insert, update on audit_heads to astrix_tenant, astrix_system;

-- An outbox item may wait out the 72-hour lease of a console before it arrives; a week covers that with room.
create table idempotency_keys (
  agency_id uuid not null,
  person_id uuid not null,
  key uuid not null,
  route text not null,
  request_hash bytea not null,
  status integer not null,
  reply jsonb,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (agency_id, person_id, key)
);
create index idempotency_keys_expiry on idempotency_keys (expires_at);
comment on table idempotency_keys is '{"tenancy":"person","dataClass":"end-customer","retention":"conversation","audit":"none"}';
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy tenant on idempotency_keys to astrix_tenant
  using (agency_id = (select astrix_agency()) and person_id = (select astrix_person()) and expires_at > (select astrix_now()))
  with check (agency_id = (select astrix_agency()) and person_id = (select astrix_person()));
create policy system on idempotency_keys to astrix_system using (true) with check (true);
grant select, insert, delete on idempotency_keys to astrix_tenant;
grant select, insert, delete on idempotency_keys to astrix_system;

-- Whose turn it is for work that must have one effect, whatever the number of processes (fencing by generation).
create table leases (
  name text primary key,
  owner uuid not null,
  generation bigint not null,
  until timestamptz not null
);
comment on table leases is '{"tenancy":"system","dataClass":"public","retention":"account","audit":"none"}';
alter table leases enable row level security;
create policy system on leases to astrix_system using (true) with check (true);
grant select, insert, update, delete on leases to astrix_system;

-- One row: the identity of this database, so that a console notices when it talks to another one.
create table deployment (
  singleton boolean primary key default true check (singleton),
  epoch uuid not null
);
comment on table deployment is '{"tenancy":"system","dataClass":"public","retention":"account","audit":"none"}';
insert into deployment (epoch) values (gen_random_uuid());
alter table deployment enable row level security;
create policy everyone on deployment for select to astrix_tenant, astrix_system using (true);
grant select on deployment to astrix_tenant, astrix_system;
