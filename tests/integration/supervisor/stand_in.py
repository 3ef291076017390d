"""A supervisor whose web process and worker are small stand-ins; its servers are the real ones.

`stand_in.py FOLDER PORT [--production] [--prepare ok|fail|slow]`
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from registry.entrypoints.supervisor.run import Options, up  # noqa: E402
from registry.entrypoints.supervisor.system import Address, Commands  # noqa: E402

WEB = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"owner" if "REGISTRY_OWNER_DATABASE_URL" in os.environ else b"ok")
    def log_message(self, *args):
        pass
http.server.HTTPServer.allow_reuse_address = True
http.server.HTTPServer((os.environ["REGISTRY_HOST"], int(os.environ["REGISTRY_PORT"])), Handler).serve_forever()
"""
# The worker has a child of its own, as the real one has: that must not outlive it either.
WORKER = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)  # stand-in grandchild"])
print("the worker works", flush=True)
time.sleep(600)
"""
PREPARE = {
    "ok": """
import os, psycopg
with psycopg.connect(os.environ["REGISTRY_OWNER_DATABASE_URL"]) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
    connection.execute("INSERT INTO kept VALUES (1)")
    print("starts so far:", connection.execute("SELECT count(*) FROM kept").fetchone()[0])
""",
    "fail": "print('the reason of the failure'); raise SystemExit(7)",
    "slow": "print('begun', flush=True); import time; time.sleep(600)",
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--production", action="store_true")
    parser.add_argument("--prepare", choices=PREPARE, default="ok")
    args = parser.parse_args()
    commands = Commands(
        prepare=(sys.executable, "-c", PREPARE[args.prepare]),
        web=(sys.executable, "-c", WEB),
        worker=(sys.executable, "-c", WORKER),
    )
    address = Address("127.0.0.1", args.port)
    return up(Options(address, args.folder, demo=not args.production, verbose=True, commands=commands))


if __name__ == "__main__":
    raise SystemExit(main())
