-- A preview holds the newest rows of a read that goes on page by page: how many there are in all is not known, only whether these are all.

alter table connection_data drop column total;
alter table connection_data add column complete boolean not null default false;
