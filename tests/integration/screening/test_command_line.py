"""``registry lists`` as an operator types it: looked at first, imported whole, refused by line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from registry.entrypoints.cli.main import main
from registry.kernel.db import rows
from tests.conftest import TestDatabase
from tests.factories.lists import list_file
from tests.factories.reviewing import Desk, make_desk_with_logins


@pytest.fixture(autouse=True)
def pool() -> None:
    """The commands open their own pool."""


@pytest.fixture
def desk(database: TestDatabase) -> Desk:
    """A bureau whose people have plain logins."""
    return asyncio.run(make_desk_with_logins())


def _rows(statement: str) -> list[dict[str, Any]]:
    async def ask() -> list[dict[str, Any]]:
        return await rows(statement)

    return asyncio.run(ask())


def _import(path: Path, desk: Desk, login: str = "guanli", kind: str = "严重违法失信名单") -> int:
    return main(
        ["lists", "import", str(path), "--kind", kind, "--bureau", str(desk.bureau_id), "--as", login]
    )


def test_a_list_is_looked_at_then_imported_and_its_next_version_says_what_changed(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "名单.csv"
    one, two = {"编号": "A1", "名称": "虚构一号有限公司"}, {"编号": "A2", "名称": "虚构二号有限公司"}
    path.write_bytes(list_file(one, two))
    assert main(["lists", "check", str(path), "--kind", "serious_violation"]) == 0
    told = capsys.readouterr().out
    assert "2 行可以导入" in told
    assert "名称" in told
    assert _rows("SELECT id FROM list_import") == [], "a look imports nothing"
    assert _import(path, desk) == 0
    assert "新增 added 2" in capsys.readouterr().out
    path.write_bytes(list_file({**one, "列入事由": "虚假宣传"}))
    assert _import(path, desk) == 0
    assert "新增 added 0, 变更 changed 1, 移除 gone 1" in capsys.readouterr().out


def test_one_wrong_line_imports_nothing_and_only_an_administrator_may(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(
        list_file({"名称": "虚构一号有限公司"}, {"名称": "虚构二号有限公司", "列入日期": "2022-02-30"})
    )
    assert main(["lists", "check", str(path), "--kind", "serious_violation"]) == 1
    assert ":3:" in capsys.readouterr().err
    assert _import(path, desk) == 1
    assert "第 3 行" in capsys.readouterr().err
    assert _rows("SELECT id FROM listing") == []
    path.write_bytes(list_file({"名称": "虚构一号有限公司"}))
    assert _import(path, desk, "chushen") == 1
    assert _rows("SELECT id FROM listing") == []
    assert _import(tmp_path / "没有.csv", desk) == 1
    with pytest.raises(SystemExit) as stop:
        _import(path, desk, kind="随便什么名单")
    assert stop.value.code == 2
