-- Messages that the business wrote in its own app on the phone, and not in a console.
alter table messages add column from_phone boolean not null default false;
update webhook_events set payload = payload || '{"by":"customer"}'
  where topic = 'inbound' and payload ->> 'kind' = 'reaction';
