-- The feed says whose client has moved, so that a console looks only when there is something for it. Without a client everybody looks.

create or replace function astrix_feed() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  record_now jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  agency uuid := (record_now ->> 'agency_id')::uuid;
  client uuid := case when tg_argv[2] = '-' then null else (record_now ->> tg_argv[2])::uuid end;
begin
  if tg_op = 'UPDATE' and to_jsonb(old) = record_now then
    return null;
  end if;
  insert into changes (agency_id, collection, row_id, client_id, person_id, op, xid, seq)
  values (
    agency,
    tg_argv[0],
    (record_now ->> tg_argv[1])::uuid,
    client,
    case when tg_argv[3] = '-' then null else (record_now ->> tg_argv[3])::uuid end,
    case when tg_op = 'DELETE' then 'gone' else 'put' end,
    pg_current_xact_id(),
    nextval('changes_seq')
  )
  on conflict (agency_id, collection, row_id)
  do update set op = excluded.op, xid = excluded.xid, seq = excluded.seq, client_id = excluded.client_id, person_id = excluded.person_id;
  perform pg_notify('astrix_feed', agency::text || coalesce('/' || client::text, ''));
  return null;
end $$;
