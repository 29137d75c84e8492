-- The rows that the page of a connection shows belong to a module of their own (docs/decisions/0023-previews.md). Row-level security, rights
-- and the reference to the connection stay as they are.

alter table connection_data rename to previews;
alter index connection_data_pkey rename to previews_pkey;
alter index connection_data_expiry rename to previews_expiry;
