"""The supervised system as a person meets it: start, crash, Ctrl-C, start again, things in the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from registry.entrypoints.supervisor.clean import clean
from registry.entrypoints.supervisor.errors import CannotStart
from registry.entrypoints.supervisor.messages import Message
from tests.integration.supervisor.running import Running, alive, eventually, free_port, running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the module: the database cluster is made once."""
    return tmp_path_factory.mktemp("supervised") / "var"


def get(port: int) -> str:
    return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).text


def starts_so_far(folder: Path) -> int:
    line = next(
        line
        for line in reversed((folder / "log" / "prepare.log").read_text().splitlines())
        if "starts so far" in line
    )
    return int(line.rsplit(":", 1)[1])


def test_it_starts_keeps_its_parts_running_and_stops_them_all(folder: Path) -> None:
    with running(folder) as system:
        assert get(system.port) == "ok"
        assert f"http://127.0.0.1:{system.port}" in system.said()
        before = system.family()
        names = json.loads((folder / "children.json").read_text())
        assert set(names) == {"postgres", "s3", "web", "worker"}

        for name in ("web", "worker", "postgres", "s3"):
            earlier = system.child(name)
            os.kill(earlier, signal.SIGKILL)
            assert eventually(partial(_is_another, system, name, earlier)), system.said()
        assert eventually(lambda: _answers(system.port))
        assert eventually(lambda: "ready to accept connections" in _since_last_start(folder, "postgres"))

        everyone = [*before, *system.family()]
        assert system.stop(signal.SIGINT) == 0
        assert eventually(lambda: not alive(everyone)), alive(everyone)
        assert "stopped" in system.said()
        # By part and port: a server that was killed long ago may have left another part's socket with one of our numbers.
        ports = json.loads((folder / "s3" / "server.json").read_text())["ports"]
        ours = {f"seaweedfs-{part}-{port}.sock" for part, port in ports.items()}
        ours |= {f"seaweedfs-{part}-grpc-{port + 10000}.sock" for part, port in ports.items()}
        assert not ours & {path.name for path in Path("/tmp").glob("seaweedfs-*.sock")}


def _answers(port: int) -> bool:
    try:
        return get(port) == "ok"
    except httpx.HTTPError:
        return False


def _since_last_start(folder: Path, name: str) -> str:
    return (folder / "log" / f"{name}.log").read_text().rpartition("starting again")[2]


def test_a_second_start_keeps_the_data(folder: Path) -> None:
    with running(folder):
        before = starts_so_far(folder)
    with running(folder):
        assert starts_so_far(folder) == before + 1


def test_secrets_are_private_and_the_web_process_has_no_owner_role(folder: Path) -> None:
    with running(folder) as system:
        assert get(system.port) == "ok"  # the stand-in answers "owner" when it sees the owner's URL
        for name in ("secrets.json", "s3/server.json"):
            assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
        secrets = json.loads((folder / "secrets.json").read_text())
        s3 = json.loads((folder / "s3" / "server.json").read_text())
        hidden = [*secrets["passwords"].values(), secrets["secret_keys"], s3["secret_key"], s3["signing_key"]]
        shown = " ".join(" ".join(process.cmdline()) for process in system.family()) + system.said()
        shown += "".join(path.read_text() for path in (folder / "log").glob("*.log"))
        assert not [secret for secret in hidden if secret in shown]


def test_a_password_is_needed_and_roles_are_what_they_should_be(folder: Path) -> None:
    with running(folder):
        port = int((folder / "postgres.port").read_text())
        passwords = json.loads((folder / "secrets.json").read_text())["passwords"]
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                host="127.0.0.1", port=port, user="postgres", password="postgres", dbname="postgres"
            )
        with psycopg.connect(
            host="127.0.0.1", port=port, user="registry_app", password=passwords["registry_app"],
            dbname="registry", autocommit=True,
        ) as connection:  # fmt: skip
            facts = connection.execute(
                "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles "
                "WHERE rolname LIKE 'registry_%'"
            ).fetchall()
            assert facts == [(False, False, False, False)] * 2
            assert connection.execute(
                "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database "
                "WHERE datname = 'registry'"
            ).fetchone() == ("UTF8", "b", "C.UTF-8")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE mine (n int)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TEMP TABLE mine (n int)")


@pytest.mark.skipif(not Path("/proc").exists(), reason="the kernel's signal on a parent's death is Linux's")
def test_killing_the_supervisor_leaves_nothing_and_loses_nothing(folder: Path) -> None:
    with running(folder) as system:
        before = starts_so_far(folder)
        family = system.family()
        # The stand-in worker's own child is the worker's to look after, which this one does not do.
        (grandchild,) = [process for process in family if _is_grandchild(process)]
        family.remove(grandchild)
        os.kill(system.process.pid, signal.SIGKILL)
        system.process.wait()
        assert eventually(lambda: not alive(family)), alive(family)
        grandchild.kill()
    with running(folder):
        assert starts_so_far(folder) == before + 1


def _is_grandchild(process: psutil.Process) -> bool:
    try:
        return "stand-in grandchild" in (process.cmdline() or [""])[-1].split("\n")[0]
    except psutil.Error:  # a server's passing process
        return False


def test_a_busy_port_is_named_in_both_languages_with_another(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = Running(folder, port)
        assert refused.process.wait(30) == 4
    assert f"端口 {port} 已被占用" in refused.said()
    assert f"Port {port} is in use" in refused.said()
    assert "make run PORT=" in refused.said()
    assert "Traceback" not in refused.said()


def test_a_folder_in_use_is_refused_with_the_address_of_the_first(folder: Path) -> None:
    with running(folder) as first:
        second = Running(folder, free_port())
        assert second.process.wait(30) == 5
        assert f"http://127.0.0.1:{first.port}" in second.said()
        assert str(first.process.pid) in second.said()
        with pytest.raises(CannotStart) as refusal:
            clean(folder)
        assert refusal.value.message is Message.ALREADY_RUNNING
        assert get(first.port) == "ok"


def test_demo_data_never_becomes_production(folder: Path) -> None:
    with running(folder):
        pass
    refused = Running(folder, free_port(), "--production")
    assert refused.process.wait(30) == 3
    assert "demo" in refused.said()


def test_a_failed_migration_says_why_and_leaves_nothing_running(folder: Path) -> None:
    refused = Running(folder, free_port(), "--prepare", "fail")
    assert refused.process.wait(60) == 1
    assert "the reason of the failure" in refused.said()
    assert "7" in refused.said()
    pids = [int(line) for line in _processes_of(folder)]
    assert pids == []


def test_ctrl_c_while_starting_stops_cleanly(folder: Path) -> None:
    system = Running(folder, free_port(), "--prepare", "slow")
    assert eventually(lambda: "begun" in system.said(), 60), system.said()
    family = system.family()
    assert system.stop(signal.SIGINT) == 0
    assert eventually(lambda: not alive(family))
    assert "Traceback" not in system.said()


def _processes_of(folder: Path) -> list[str]:
    return [
        str(process.info["pid"])
        for process in psutil.process_iter(["pid", "cmdline"])
        if str(folder) in " ".join(process.info["cmdline"] or [])
    ]


def test_an_unwritable_folder_is_refused_clearly(tmp_path: Path) -> None:
    blocked = tmp_path / "var"
    blocked.write_text("a file where the folder should be")
    refused = Running(blocked, free_port())
    assert refused.process.wait(30) == 3
    assert "数据目录" in refused.said()
    assert "Traceback" not in refused.said()


class TestCleanData:
    def test_it_removes_a_demo_folder(self, tmp_path: Path) -> None:
        (tmp_path / "var").mkdir()
        (tmp_path / "var" / "secrets.json").write_text('{"mode": "demo"}')
        assert clean(tmp_path / "var")
        assert not (tmp_path / "var").exists()
        assert not clean(tmp_path / "var")

    def test_it_leaves_what_is_not_ours(self, tmp_path: Path) -> None:
        (tmp_path / "precious").write_text("x")
        with pytest.raises(CannotStart) as refusal:
            clean(tmp_path)
        assert refusal.value.message is Message.NOT_OURS
        assert (tmp_path / "precious").exists()

    def test_production_needs_a_word_more(self, tmp_path: Path) -> None:
        (tmp_path / "var").mkdir()
        (tmp_path / "var" / "secrets.json").write_text('{"mode": "production"}')
        with pytest.raises(CannotStart) as refusal:
            clean(tmp_path / "var")
        assert refusal.value.message is Message.PRODUCTION_DATA
        assert clean(tmp_path / "var", production_too=True)


@pytest.fixture
def home_of_nobody() -> Iterator[Path]:
    """A folder of user nobody, outside pytest's own, which only its owner may enter."""
    home = Path(tempfile.mkdtemp(prefix="registry-nobody-"))
    os.chown(home, 65534, 65534)
    yield home
    shutil.rmtree(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="another user can only be tried as root")
def test_it_runs_as_an_ordinary_user(home_of_nobody: Path) -> None:
    home = home_of_nobody
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]
    interpreter = _interpreter_for_everyone(become)
    if interpreter is None:
        pytest.skip("no interpreter that an ordinary user may run")
    system = Running(
        home / "var", free_port(), interpreter=[*become, *interpreter], environment={"HOME": str(home)}
    )
    try:
        system.wait_until_ready()
        assert get(system.port) == "ok"
        assert {process.username() for process in system.family()} == {"nobody"}
    finally:
        assert system.stop() == 0


def _interpreter_for_everyone(become: list[str]) -> list[str] | None:
    """A Python that user nobody may run with our packages: ours, or the system's of the same version."""
    import sys
    import sysconfig

    packages = sysconfig.get_paths()["purelib"]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        path = f"{sysconfig.get_paths()['scripts']}:{os.environ['PATH']}"
        command = ["env", f"PATH={path}", f"PYTHONPATH={packages}", "PYTHONDONTWRITEBYTECODE=1", candidate]
        tried = subprocess.run([*become, *command, "-c", "import psycopg"], capture_output=True, check=False)
        if tried.returncode == 0:
            return command
    return None


def _is_another(system: Running, name: str, earlier: int) -> bool:
    """Whether a child runs anew."""
    return system.child(name) != earlier
