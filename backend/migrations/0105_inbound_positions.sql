-- How many messages of a customer came after a place in the thread, and which of them somebody has not seen, in a thread of any length.

create index messages_inbound on messages (agency_id, conversation_id, seq) where direction = 'in' and kind <> 'system';
