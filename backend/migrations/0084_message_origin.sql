-- Who made an entry of a thread decides what it does to its conversation. Events that wait, and dead letters, say it from now on.
update webhook_events set payload = payload || jsonb_build_object('origin', case payload ->> 'messageKind'
    when 'system' then 'provider'
    when 'unsupported' then 'unclear'
    else 'customer' end)
  where topic = 'inbound' and payload ->> 'kind' = 'message';

-- A notice of the provider opened the customer service window and was the newest message of the customer. Both go back to what the customer sent.
with sent as (
  select distinct on (agency_id, conversation_id) agency_id, conversation_id,
      first_value(id) over (partition by agency_id, conversation_id order by seq desc) as id,
      max(sent_at) over (partition by agency_id, conversation_id) as at
    from messages where direction = 'in' and kind <> 'system')
update conversations set last_inbound_id = sent.id, last_inbound_at = sent.at,
    window_expires_at = sent.at + (conversations.window_expires_at - conversations.last_inbound_at), version = conversations.version + 1
  from sent, messages
  where sent.agency_id = conversations.agency_id and sent.conversation_id = conversations.id
    and messages.agency_id = conversations.agency_id and messages.id = conversations.last_inbound_id and messages.kind = 'system';
