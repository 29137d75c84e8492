-- What a message says beyond its words: answers of a form, lines of a cart, a place, shared contacts.
alter table messages add column content jsonb not null default '[]';
update webhook_events set payload = payload || '{"content":[]}'
  where topic = 'inbound' and payload ->> 'kind' = 'message';
