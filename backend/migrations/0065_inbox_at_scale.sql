-- The inbox of a client with fifty thousand conversations, and fair turns between the accounts whose events wait.

create index conversations_status on conversations (agency_id, client_id, status, last_message_at desc, id);
create index conversations_mine on conversations (agency_id, client_id, assignee_id, last_message_at desc, id) where status = 'open';
create index conversations_failed on conversations (agency_id, client_id, last_message_at desc, id) where status = 'open' and failed > 0;
create index conversations_closing on conversations (agency_id, client_id, window_expires_at) where status = 'open';
-- The policies compare with a function, so the planner does not know which agency is asked for. That one client has one agency it can know.
create statistics conversations_tenant (dependencies, ndistinct) on agency_id, client_id from conversations;
create statistics messages_tenant (dependencies, ndistinct) on agency_id, client_id from messages;

create index webhook_events_turns on webhook_events (coalesce(account_id, ''), seq) where state = 'pending';
