#!/bin/sh
# Run once by the database image, on an empty volume: the backend owns its database but is no superuser. It makes the roles of its walls.
psql -v ON_ERROR_STOP=1 --username=postgres -v password="$ASTRIX_DATABASE_PASSWORD" <<'SQL'
create role astrix login createrole password :'password';
create database astrix owner astrix;
SQL
