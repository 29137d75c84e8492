-- What a provider says about an account itself: a ban, a restriction, its quality, its limits, its templates. One row for each notice, so that
-- none replaces another.
create table account_notices (
  agency_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  channel_id uuid not null,
  connection_id uuid not null,
  provider text not null,
  topic text not null check (topic in ('account', 'restriction', 'quality', 'limit', 'template', 'other')),
  severity text not null check (severity in ('stops', 'warns', 'tells')),
  reason text not null,
  next text not null,
  at timestamptz not null,
  -- When the provider ends it by itself.
  until timestamptz,
  -- The time of the later notice that took it back.
  ended_at timestamptz,
  -- The topics that this notice takes back.
  ends text[] not null default '{}',
  -- The same for every copy of the notice.
  natural_key text not null,
  primary key (agency_id, id),
  unique (agency_id, channel_id, natural_key),
  foreign key (agency_id, client_id) references clients (agency_id, id),
  foreign key (agency_id, channel_id) references channels (agency_id, id)
);
create index account_notices_client on account_notices (agency_id, client_id, at desc, id);
create index account_notices_stops on account_notices (agency_id, channel_id) where severity = 'stops' and ended_at is null;
comment on table account_notices is '{"tenancy":"client","dataClass":"client-business","retention":"account","audit":"none"}';
select astrix_client_table('account_notices', synced => 'accountNotices');

-- It held the newest notice alone, and nothing read it.
alter table channels drop column notice;

update webhook_events set payload = payload || jsonb_build_object(
    'key', md5(payload::text), 'topic', 'other', 'severity', 'tells', 'until', null, 'ends', '[]'::jsonb,
    'reason', left('WhatsApp says about this account (' || (payload ->> 'field') || '): ' || (payload ->> 'detail'), 400),
    'next', 'Look at the account in WhatsApp Manager.')
  where topic = 'inbound' and payload ->> 'kind' = 'notice';
