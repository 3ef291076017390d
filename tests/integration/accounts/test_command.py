"""`registry account`: the way in when nobody can sign in yet, or any more."""

from __future__ import annotations

import re

import pytest

from registry.entrypoints.cli.main import main
from tests.conftest import TestDatabase

pytestmark = pytest.mark.usefixtures("settings_env")


def test_the_first_operator_is_opened_reset_and_closed(
    database: TestDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", "open", "Yunwei", "--name", "运维一"]) == 0
    first = re.findall(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", capsys.readouterr().out)
    assert main(["account", "password", "yunwei"]) == 0
    second = re.findall(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", capsys.readouterr().out)
    assert len(first) == len(second) == 1
    assert first != second
    assert main(["account", "list"]) == 0
    assert "yunwei\t运维一\toperator" in capsys.readouterr().out
    assert main(["account", "close", "yunwei", "--reason", "交接"]) == 0
    assert database.execute("SELECT active FROM account") == [(False,)]
    assert database.execute("SELECT action, chain FROM event ORDER BY id") == [
        ("open", "system"),
        ("reset_password", "system"),
        ("close", "system"),
    ]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["open", "x-y-z", "--name", "某人", "--role", "reviewer"], 2),
        (["open", "x-y-z", "--name", "某人", "--bureau", "1"], 2),
        (["open", "x-y-z", "--name", "某人", "--role", "reviewer", "--bureau", "999"], 1),
        (["open", "x", "--name", "某人"], 1),
        (["password", "nobody"], 1),
    ],
)
def test_what_cannot_be_is_said(
    arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", *arguments]) == status
    said = capsys.readouterr()
    assert said.out + said.err
