-- The page of the audit log reads it by who, where and what, newest first.

create index audit_log_actor on audit_log (agency_id, actor_id, seq);
create index audit_log_client on audit_log (agency_id, client_id, seq);
create index audit_log_event on audit_log (agency_id, event, seq);
