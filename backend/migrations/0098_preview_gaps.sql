-- What a read left out stays beside the rows that are kept, so that they are never shown as if they were all.

alter table connection_data add column gaps jsonb not null default '[]';
