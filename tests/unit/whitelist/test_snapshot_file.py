"""A snapshot is read and checked without the registry; a changed byte shows."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registry.entrypoints.cli.main import main
from registry.whitelist.snapshot_file import Signed, Verdict, check, write

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = base64.b64encode(bytes(32)).decode()
HEAD = {
    "list": "虚构市直属学校备选库", "list_id": 1, "bureau": "虚构市教育局", "day": "2022-09-01",
    "made_at": "2022-09-01T00:07:11+08:00", "entries": 2,
}  # fmt: skip


def _made() -> Signed:
    return write(
        HEAD, [{"name": "虚构一号", "status": "listed"}, {"name": "虚构二号", "status": "removed"}], KEY
    )


def test_a_snapshot_is_genuine_and_says_what_it_is() -> None:
    made = _made()
    for key in ("", made.public_key):
        found = check(made.content, key)
        assert found.verdict is Verdict.GENUINE
        assert (found.list_name, str(found.day), found.entries) == (HEAD["list"], "2022-09-01", 2)
    assert made.content.count(b"\n") == 4, "a head, two entries, a seal"


def test_every_changed_byte_shows() -> None:
    content = _made().content
    for at in range(0, len(content), 7):
        changed = bytearray(content)
        changed[at] ^= 1
        assert check(bytes(changed), _made().public_key).verdict is not Verdict.GENUINE, at


def test_lines_left_out_put_in_and_signed_by_another() -> None:
    made = _made()
    lines = made.content.splitlines(keepends=True)
    assert check(b"".join(lines[:1] + lines[2:])).verdict is Verdict.ALTERED
    assert check(b"".join([*lines[:2], lines[1], *lines[2:]])).verdict is Verdict.ALTERED
    forged = write(HEAD, [], Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert check(forged.content, made.public_key).verdict is Verdict.OTHER_KEY
    # Signed as it stands, but with fewer entries than its head says.
    assert check(forged.content).verdict is Verdict.ALTERED


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n{}\n", b"\xff\xfe\n\x00", b"[]\n[]\n", b'{"format":1}\n{"signature":"","public_key":""}\n', b"[" * 9999]
)  # fmt: skip
def test_what_is_no_snapshot(content: bytes) -> None:
    assert check(content).verdict is Verdict.NOT_A_SNAPSHOT


def test_the_command_says_it_and_exits_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = _made()
    good, changed, none = tmp_path / "good.jsonl", tmp_path / "changed.jsonl", tmp_path / "none.jsonl"
    good.write_bytes(made.content)
    changed.write_bytes(made.content.replace(b"removed", b"listed!"))
    none.write_bytes(b"hello")
    pem = tmp_path / "key.pem"
    pem.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    def run(*arguments: str) -> tuple[int, str]:
        status = main(["verify", "snapshot", *arguments])
        told = capsys.readouterr()
        return status, told.out + told.err

    status, told = run(str(good))
    assert (status, "签名有效" in told, "未核对签发者" in told) == (0, True, True)
    for key in (str(pem), made.public_key):
        status, told = run(str(good), "--key", key)
        assert (status, "未核对签发者" in told) == (0, False)
    assert run(str(good), "--key", OTHER)[0] == 4
    assert run(str(changed))[0] == 1
    assert run(str(none))[0] == 3
    assert run(str(tmp_path / "missing"))[0] == 2
    assert run(str(good), "--key", "nonsense")[0] == 2
