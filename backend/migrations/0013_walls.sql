-- Dead letters are read and replayed in the transaction of the person who asks, so the wall has to know whose they are. An event has an
-- agency only once it has been buried; pending ones stay the system's alone.
create policy tenant_read on webhook_events for select to astrix_tenant
  using (
    agency_id = (select astrix_agency())
    and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))
    and expires_at > (select astrix_now())
  );
create policy tenant_replay on webhook_events for update to astrix_tenant
  using (
    agency_id = (select astrix_agency())
    and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))
    and expires_at > (select astrix_now())
    and state = 'dead'
  )
  with check (
    agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))
  );
grant select, update (state, attempts, next_at) on webhook_events to astrix_tenant;

-- What was done at a client is for those who work on that client.
drop policy tenant_read on audit_log;
create policy tenant_read on audit_log for select to astrix_tenant
  using (
    agency_id = (select astrix_agency())
    and (client_id is null or (select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))
    and expires_at > (select astrix_now())
  );
