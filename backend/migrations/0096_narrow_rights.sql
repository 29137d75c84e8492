-- What raw SQL in the role of a tenant could reach beyond rows: names that are looked up in a schema of its own, and columns that no code
-- of a tenant changes.

-- With the rights of the owner, so every name is qualified, and temporary tables and types are looked up last.
create or replace function astrix_feed() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  record_now jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  agency uuid := (record_now ->> 'agency_id')::uuid;
begin
  if tg_op = 'UPDATE' and to_jsonb(old) = record_now then
    return null;
  end if;
  insert into public.changes (agency_id, collection, row_id, client_id, person_id, op, xid, seq)
  values (
    agency,
    tg_argv[0],
    (record_now ->> tg_argv[1])::uuid,
    case when tg_argv[2] = '-' then null else (record_now ->> tg_argv[2])::uuid end,
    case when tg_argv[3] = '-' then null else (record_now ->> tg_argv[3])::uuid end,
    case when tg_op = 'DELETE' then 'gone' else 'put' end,
    pg_current_xact_id(),
    nextval('public.changes_seq')
  )
  on conflict (agency_id, collection, row_id)
  do update set op = excluded.op, xid = excluded.xid, seq = excluded.seq, client_id = excluded.client_id, person_id = excluded.person_id;
  -- Whose client has moved, so that a console looks only when there is something for it. Without a client everybody looks.
  perform pg_notify('astrix_feed', agency::text || coalesce('/' || (case when tg_argv[2] = '-' then null else record_now ->> tg_argv[2] end), ''));
  return null;
end $$;

-- A tenant may change what is in a row, never whose row it is.
create function astrix_narrow_update(target regclass) returns void language plpgsql as $$
declare
  columns text := (
    select string_agg(format('%I', attname), ', ') from pg_attribute
    where attrelid = target and attnum > 0 and not attisdropped and attgenerated = ''
      and attname not in ('agency_id', 'id', 'client_id', 'person_id', 'vault_id'));
begin
  execute format('revoke update on %s from astrix_tenant', target);
  execute format('grant update (%s) on %s to astrix_tenant', columns, target);
end $$;

create or replace function astrix_guard_table(target regclass, tenancy text, synced text, tenant text, mine text) returns void
language plpgsql as $$
declare
  declared text := obj_description(target, 'pg_class')::jsonb ->> 'tenancy';
  expires boolean := exists (select 1 from pg_attribute where attrelid = target and attname = 'expires_at' and not attisdropped);
  client text := case when tenancy = 'agency' then '-' else 'client_id' end;
  person text := case when tenancy = 'person' then 'person_id' else '-' end;
begin
  if declared is distinct from tenancy then
    raise exception 'the comment of table % declares the tenancy %, and not %', target, coalesce(declared, 'of nobody'), tenancy;
  end if;
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy tenant on %s to astrix_tenant using (%s%s) with check (%s)', target, mine,
    case when expires then ' and expires_at > (select astrix_now())' else '' end, mine);
  execute format('create policy system on %s to astrix_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to astrix_system', target);
  if tenant <> '' then
    execute format('grant %s on %s to astrix_tenant', tenant, target);
  end if;
  if has_table_privilege('astrix_tenant', target, 'update') then
    perform astrix_narrow_update(target);
  end if;
  if synced is null then
    return;
  end if;
  execute format('create trigger %I after insert or update or delete on %s for each row execute function astrix_feed(%L, %L, %L, %L)',
    (select relname from pg_class where oid = target) || '_feed', target, synced, 'id', client, person);
  -- Rows from before the trigger: consoles that ask for the collection get them like any other.
  execute format('insert into changes (agency_id, collection, row_id, client_id, person_id, op, xid, seq)
    select agency_id, %L, id, %s, %s, ''put'', pg_current_xact_id(), nextval(''changes_seq'') from %s',
    synced, case when client = '-' then 'null' else client end, case when person = '-' then 'null' else person end, target);
end $$;

-- The chain of the audit goes on by one; whoever may add to it cannot wind it back.
create function audit_heads_forward() returns trigger language plpgsql as $$
begin
  if new.seq <> (case when tg_op = 'INSERT' then 0 else old.seq + 1 end) then
    raise exception 'the audit chain of an agency begins at 0 and goes on by one' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger audit_heads_forward before insert or update on audit_heads for each row execute function audit_heads_forward();

do $$
declare
  name regclass;
  called regprocedure;
begin
  for name in
    select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and has_table_privilege('astrix_tenant', c.oid, 'update')
  loop
    perform astrix_narrow_update(name);
  end loop;
  for called in select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' loop
    execute format('alter function %s set search_path = pg_catalog, public, pg_temp', called);
  end loop;
end $$;

-- Whoever works in an agency sees its sessions and ends them; what proves a session is the system's alone.
revoke select, update on sessions from astrix_tenant;
grant select (agency_id, id, person_id, device_name, platform, created_at, last_seen_at, idle_until, ends_at, ended_at) on sessions to astrix_tenant;
grant update (ended_at, end_reason) on sessions to astrix_tenant;
revoke select on webhook_endpoints from astrix_tenant;
grant select (agency_id, id, connection_id, created_at, expires_at, old_secret_until) on webhook_endpoints to astrix_tenant;
