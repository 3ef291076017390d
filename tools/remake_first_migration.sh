#!/usr/bin/env bash
# Before the first release only: write migration 1 (tables) anew from the tables.py files.
# Needs REGISTRY_DATABASE_URL of any reachable PostgreSQL (nothing is written to it).
set -euo pipefail
cd "$(dirname "$0")/.."
exec 9>/tmp/registry-migration.lock
flock 9
rm -f registry/migrations/registry_*_tables.py
PICCOLO_CONF=registry.piccolo_conf .venv/bin/python -m piccolo.main migrations new registry --auto --desc="Tables of all rooms" >/dev/null
new=$(ls -t registry/migrations/registry_*.py | head -1)
.venv/bin/python - "$new" <<'PY'
import pathlib, re, sys
old = pathlib.Path(sys.argv[1])
new = old.with_name("registry_0001_tables.py")
text = re.sub(r'^ID = .*$', 'ID = "2022-06-01T00:00:00:000001"', old.read_text(), count=1, flags=re.M)
old.unlink()
new.write_text(text)
PY
.venv/bin/ruff format -q registry/migrations/registry_0001_tables.py || true
