#!/bin/sh
# Make the two roles of a node and its database, as the superuser of an empty server.
# PostgreSQL's image runs this once; on another server run it by hand, with libpq's variables
# (PGHOST, PGUSER, …) and the two passwords in the files that SECRETS holds.
set -eu
secrets=${SECRETS:-/run/secrets}
psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 \
    --username "${POSTGRES_USER:-${PGUSER:-postgres}}" --dbname postgres \
    -v owner_password="$(cat "$secrets/owner_password")" \
    -v app_password="$(cat "$secrets/app_password")" <<'SQL'
CREATE ROLE concord_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE concord_app LOGIN PASSWORD :'app_password';
CREATE DATABASE concord OWNER concord_owner TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE concord FROM PUBLIC;
GRANT CONNECT ON DATABASE concord TO concord_app;
\connect concord
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO concord_owner;
GRANT USAGE ON SCHEMA public TO concord_app;
SQL
