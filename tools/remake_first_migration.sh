#!/usr/bin/env bash
# Before the first release only: write migration 1 (tables) anew from the tables.py files.
# Needs REGISTRY_DATABASE_URL of any reachable PostgreSQL (nothing is written to it).
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
exec 9>/tmp/registry-migration.lock
flock 9
# In a copy, so that whatever runs here meanwhile never finds the migration missing.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r registry vetting storage public_site pyproject.toml "$copy"
cd "$copy"
rm -f registry/migrations/registry_*_tables.py
PYTHONHASHSEED=0 PICCOLO_CONF=registry.piccolo_conf "$here/.venv/bin/python" -m piccolo.main migrations new registry --auto --desc="Tables of all rooms" >/dev/null
new=$(ls -t registry/migrations/registry_*.py | head -1)
sed -E 's/^ID = .*$/ID = "2022-06-01T00:00:00:000001"/' "$new" >registry_0001_tables.py
"$here/.venv/bin/ruff" format -q registry_0001_tables.py
mv registry_0001_tables.py "$here/registry/migrations/registry_0001_tables.py"
