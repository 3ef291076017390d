#!/bin/bash
# Run once by the postgres image on an empty volume: the two roles of the registry and its database, as
# registry/entrypoints/supervisor/postgres.py makes them for `make run`.
set -euo pipefail

psql --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\getenv owner_password REGISTRY_OWNER_PASSWORD
\getenv app_password REGISTRY_APP_PASSWORD
CREATE ROLE registry_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'owner_password';
CREATE ROLE registry_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'app_password';
CREATE DATABASE registry OWNER registry_owner;
REVOKE ALL ON DATABASE registry FROM PUBLIC;
GRANT CONNECT ON DATABASE registry TO registry_app;
\connect registry
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO registry_app;
SQL
