-- Conversations are of any messaging provider. Until here they were WhatsApp's alone, and names said so.

alter table channels drop constraint channels_provider_check;
alter table channels rename column display_phone to address;

-- The provider of its channel, so that a conversation is read without a join. Every channel so far is WhatsApp's.
alter table conversations add column provider text not null default 'whatsapp';
alter table conversations alter column provider drop default;

-- Order of writing; indexes on the columns follow.
alter table messages rename column place to seq;
alter table webhook_events rename column place to seq;

-- What an event is about, and so which modules hear it: what a customer did, or a change at the provider.
alter table webhook_events add column topic text not null default 'change' check (topic in ('inbound', 'change'));
alter table webhook_events alter column topic drop default;

-- An id of the provider's own has the provider's name as its kind; a phone means the same person at every provider.
alter table contact_identities drop constraint contact_identities_kind_check;
update contact_identities set kind = 'whatsapp' where kind = 'bsuid';
alter table contact_identities add constraint contact_identities_kind_check check (kind ~ '^[a-z][a-z0-9-]{0,39}$');

update webhook_events set topic = 'inbound' where provider = 'whatsapp';
-- Events that wait, and dead letters, in today's words: they are read again when they are processed or replayed.
update webhook_events set payload = payload || jsonb_build_object('from',
    (payload -> 'from') - 'bsuid' || jsonb_build_object('userId', payload #> '{from,bsuid}'))
  where topic = 'inbound' and payload ->> 'kind' in ('message', 'preference');
update webhook_events set payload = payload || jsonb_build_object(
    'was', (payload -> 'was') - 'bsuid' || jsonb_build_object('userId', payload #> '{was,bsuid}'),
    'is', (payload -> 'is') - 'bsuid' || jsonb_build_object('userId', payload #> '{is,bsuid}'))
  where topic = 'inbound' and payload ->> 'kind' = 'identity';
update webhook_events set kind = 'deletion', payload = payload || '{"kind":"deletion"}'
  where topic = 'inbound' and payload ->> 'kind' = 'delete';
update webhook_events set kind = 'notice', payload = payload || '{"kind":"notice"}'
  where topic = 'inbound' and payload ->> 'kind' = 'account';
update webhook_events set payload = (payload - 'error') || jsonb_build_object('fault', case
    when jsonb_typeof(payload -> 'error') = 'object' then jsonb_build_object(
      'code', payload #>> '{error,code}',
      'reason', 'WhatsApp refused the message.',
      'next', 'Try again later. If it stays, tell an admin the code.')
    else 'null'::jsonb end)
  where topic = 'inbound' and payload ->> 'kind' = 'status';
