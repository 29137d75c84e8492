-- A failure in words has one name everywhere: fault (contract/fault.ts).

alter table connections rename column trouble to fault;
alter table connection_health rename column trouble to fault;
