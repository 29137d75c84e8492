-- Messages and notes of a conversation share one sequence, counted under the lock of the conversation. Providers stamp whole seconds, so
-- within one second only this sequence knows the order.

alter table conversations add column last_seq bigint not null default 0;
alter table notes add column seq bigint;

-- Messages had a sequence of the whole database: within one second it is the order of their arrival.
create temporary table numbered on commit drop as
  select agency_id, conversation_id, id, row_number() over (
      partition by agency_id, conversation_id order by date_trunc('second', at at time zone 'UTC'), arrived nulls last, at, id) as seq
    from (
      select agency_id, conversation_id, id, sent_at as at, seq as arrived from messages union all
      select agency_id, conversation_id, id, created_at, null from notes) rows;
update messages set seq = numbered.seq from numbered where numbered.agency_id = messages.agency_id and numbered.id = messages.id;
update notes set seq = numbered.seq from numbered where numbered.agency_id = notes.agency_id and numbered.id = notes.id;
update conversations set last_seq = newest.seq
  from (select agency_id, conversation_id, max(seq) as seq from numbered group by agency_id, conversation_id) newest
  where newest.agency_id = conversations.agency_id and newest.conversation_id = conversations.id;

alter table messages alter column seq drop default;
drop sequence message_order;
alter table notes alter column seq set not null;

-- Both indexes are unique, so that a writer that forgets to count is refused.
create unique index messages_seq on messages (agency_id, conversation_id, seq);
create unique index notes_seq on notes (agency_id, conversation_id, seq);
drop index messages_thread;
create index messages_thread on messages (agency_id, conversation_id, date_trunc('second', sent_at at time zone 'UTC') desc, seq desc);
drop index notes_conversation;
create index notes_thread on notes (agency_id, conversation_id, date_trunc('second', created_at at time zone 'UTC') desc, seq desc);
