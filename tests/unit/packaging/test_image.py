"""The Dockerfile and the scripts around it: locked, not root, made of what exists."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LINES = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^\s*#.*\n", "", (ROOT / "Dockerfile").read_text())).splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def instructions(name: str) -> list[str]:
    return [line.removeprefix(name).strip() for line in LINES if line.startswith(f"{name} ")]


def test_the_base_has_a_python_the_project_supports() -> None:
    for base in instructions("FROM"):
        version = re.match(r"python:3\.(\d+)-slim", base)
        assert version is not None
        assert int(version[1]) >= 11


def test_packages_are_installed_by_hash_from_the_runtime_lock() -> None:
    installs = [line for line in LINES if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line and "/tmp/runtime.lock" in line for line in installs)
    assert not [line for line in LINES if re.search(r"curl|wget|ADD http|git clone", line)]


def test_it_runs_as_a_numbered_user_without_rights() -> None:
    user = instructions("USER")[-1]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    after = LINES[LINES.index(f"USER {user}") :]
    assert not [line for line in after if line.startswith(("RUN", "COPY", "USER root"))]


def test_what_is_copied_exists_and_passes_the_ignore_file() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for source in (line.split()[0] for line in instructions("COPY") if not line.startswith("--from")):
        assert (ROOT / source).exists(), source
        assert source.removeprefix("./") in allowed, source


def test_every_package_of_the_project_is_in_the_image() -> None:
    copied = {line.split()[0] for line in instructions("COPY")}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) <= copied


def test_the_health_check_asks_a_page_that_exists() -> None:
    check = " ".join(instructions("HEALTHCHECK"))
    assert "/healthz" in check
    assert '"/healthz"' in (ROOT / "registry/web/session/controllers.py").read_text()


def test_no_secret_is_baked_in() -> None:
    assert not [line for line in LINES if re.search(r"PASSWORD|SECRET|_KEY", line)]


@pytest.mark.parametrize("script", ["docker/postgres/roles.sh", ".ci/run"])
def test_scripts_are_sound(script: str) -> None:
    text = (ROOT / script).read_text()
    assert "set -euo pipefail" in text
    assert (ROOT / script).stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(ROOT / script)], check=True)


def test_the_roles_are_those_of_make_run() -> None:
    from registry.entrypoints.supervisor import postgres

    script = (ROOT / "docker/postgres/roles.sh").read_text()
    for name in (postgres.OWNER, postgres.APPLICATION, postgres.DATABASE):
        assert re.search(rf"\b{name}\b", script), name
    for right in ("NOSUPERUSER", "NOCREATEDB", "NOCREATEROLE", "NOREPLICATION", "NOBYPASSRLS"):
        assert script.count(right) == 2
    assert "REVOKE ALL ON SCHEMA public FROM PUBLIC" in script
