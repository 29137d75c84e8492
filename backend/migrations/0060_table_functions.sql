-- What every table needs, in one call: row-level security, policies, grants and the change feed. A migration creates the table with its
-- comment, its indexes and its keys, and then calls one of these functions:
--
--   select astrix_client_table('tickets', synced => 'tickets', tenant => 'select, insert, update');
--
-- `synced` names the collection that the table feeds; null for a table that consoles do not keep. `tenant` is what a signed-in person may
-- do with rows that the policies let through; it never includes delete by default.

-- Rows of one client: seen by those who work on it.
create function astrix_client_table(target regclass, synced text default null, tenant text default 'select') returns void
language plpgsql set search_path = public as $$
begin
  perform astrix_guard_table(target, 'client', synced, tenant,
    'agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))');
end $$;

-- Rows of the agency: seen by all of its members.
create function astrix_agency_table(target regclass, synced text default null, tenant text default 'select') returns void
language plpgsql set search_path = public as $$
begin
  perform astrix_guard_table(target, 'agency', synced, tenant, 'agency_id = (select astrix_agency())');
end $$;

-- Rows of one person about one client: seen by that person alone, for as long as they work on the client.
create function astrix_person_table(target regclass, synced text default null, tenant text default 'select') returns void
language plpgsql set search_path = public as $$
begin
  perform astrix_guard_table(target, 'person', synced, tenant,
    'agency_id = (select astrix_agency()) and person_id = (select astrix_person())
      and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))');
end $$;

-- Refuses a table whose comment says another tenancy than the function that is called for it.
create function astrix_guard_table(target regclass, tenancy text, synced text, tenant text, mine text) returns void
language plpgsql set search_path = public as $$
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
