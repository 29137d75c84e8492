-- The staff of a client see neither what the agency writes for itself nor who works for its other clients. The contract declares it per
-- collection (`audience`); these policies hold it for every query.
create function astrix_staff() returns boolean language sql stable parallel safe
  as $$ select coalesce(current_setting('app.staff', true) = 'on', false) $$;

drop policy tenant on notes;
create policy tenant on notes to astrix_tenant
  using (agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))
    and (select astrix_staff()) and expires_at > (select astrix_now()))
  with check (agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))
    and (select astrix_staff()));

-- The policies of client_access let through only rows of clients that the reader works for.
drop policy tenant on memberships;
create policy tenant on memberships for select to astrix_tenant
  using (agency_id = (select astrix_agency()) and (
    (select astrix_staff()) or role <> 'client' or person_id = (select astrix_person())
    or exists (select 1 from client_access a where a.agency_id = memberships.agency_id and a.person_id = memberships.person_id)));

-- The feed shows that a row exists, so it follows the same rule.
drop policy tenant on changes;
create policy tenant on changes to astrix_tenant
  using (
    agency_id = (select astrix_agency())
    and (client_id is null or (select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))
    and (person_id is null or person_id = (select astrix_person()))
    and ((select astrix_staff()) or (collection <> 'notes'
      and (collection <> 'people' or row_id in (select m.person_id from memberships m where m.agency_id = changes.agency_id))))
  );

-- Access to a client also decides who of its staff see the person: the feed brings the person again to those who see them from now on.
create function client_access_shows() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into public.changes (agency_id, collection, row_id, client_id, person_id, op, xid, seq)
  values (new.agency_id, 'people', new.person_id, null, null, 'put', pg_current_xact_id(), nextval('public.changes_seq'))
  on conflict (agency_id, collection, row_id) do update set op = excluded.op, xid = excluded.xid, seq = excluded.seq;
  return null;
end $$;
create trigger client_access_shows after insert on client_access for each row execute function client_access_shows();
