-- For how long what the customers of a client write is kept.

-- 24 months are the choice of an owner or admin (O2). `redate_from` is set until every row that is there has its new end.
alter table clients
  add column retention text not null default 'days-30' check (retention in ('days-30', 'months-24')),
  add column redate_from timestamptz;
create index clients_redate on clients (redate_from) where redate_from is not null;
grant update (retention, redate_from) on clients to astrix_tenant;
