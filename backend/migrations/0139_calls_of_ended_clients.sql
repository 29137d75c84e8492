-- The record of calls is only ever added to, and goes with its time; that of a client whose time to be deleted has come goes with the client.
create policy system_client_end on provider_calls for delete to astrix_system using (exists (
  select 1 from clients c
  where c.agency_id = provider_calls.agency_id and c.id = provider_calls.client_id and c.delete_at <= (select astrix_now())));
