"""``registry import``, ``registry calendar`` and ``registry division`` as an operator types them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from registry.entrypoints.cli.main import main
from registry.kernel.db import rows
from tests.conftest import TestDatabase
from tests.factories.records import as_csv, as_xlsx, entry, firm, table_of
from tests.factories.reviewing import Desk, make_desk_with_logins


@pytest.fixture(autouse=True)
def pool() -> None:
    """The commands open their own pool."""


@pytest.fixture
def desk(database: TestDatabase) -> Desk:
    """A bureau whose people have plain logins."""
    return asyncio.run(make_desk_with_logins())


def _now(act: Callable[[], Coroutine[Any, Any, list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    return asyncio.run(act())


def _import(kind: str, path: Path, desk: Desk, *more: str) -> int:
    return main(["import", kind, str(path), "--bureau", str(desk.bureau_id), "--as", "guanli", *more])


def test_records_are_imported_checked_and_confirmed(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "机构.xlsx"
    path.write_bytes(as_xlsx(table_of("providers", [firm(971), firm(972)])))
    assert _import("providers", path, desk, "--check") == 0
    assert "新增 added 2" in capsys.readouterr().out
    assert _now(lambda: rows("SELECT id FROM provider")) == []
    assert _import("providers", path, desk) == 0
    assert _import("providers", path, desk) == 0
    assert "已有 kept 2" in capsys.readouterr().out
    assert len(_now(lambda: rows("SELECT id FROM provider"))) == 2

    path = tmp_path / "在册机构.csv"
    path.write_bytes(as_csv(table_of("entries", [entry(971), entry(972, listed_on="昨天")])))
    assert _import("entries", path, desk, "--basis", "示教〔2021〕12 号") == 1
    told = capsys.readouterr().err
    assert "第 3 行“入库日期”：不是日期" in told
    assert _now(lambda: rows("SELECT id FROM data_import WHERE state = 'draft'")) == []
    path.write_bytes(as_csv(table_of("entries", [entry(971)])))
    assert _import("entries", path, desk) == 1, "without a basis"
    assert _import("entries", path, desk, "--basis", "示教〔2021〕12 号", "--confirmed-by", "guanli") == 1
    assert _now(lambda: rows("SELECT id FROM entry")) == []
    assert _import("entries", path, desk, "--basis", "示教〔2021〕12 号") == 4
    assert _import("entries", path, desk, "--basis", "示教〔2021〕12 号", "--confirmed-by", "fushen") == 0
    assert len(_now(lambda: rows("SELECT id FROM entry"))) == 1
    assert _import("entries", tmp_path / "没有.csv", desk) == 1


def test_templates_are_written(tmp_path: Path) -> None:
    for suffix in ("xlsx", "csv"):
        assert main(["import", "template", "entries", str(tmp_path / f"模板.{suffix}")]) == 0
        assert (tmp_path / f"模板.{suffix}").stat().st_size > 100
    assert main(["import", "template", "entries", str(tmp_path / "模板.txt")]) == 2


def test_calendars_are_shown_loaded_corrected_and_declared(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calendar", "show", "CN-GX", "--year", "2022"]) == 0
    assert "2022-04-06  周三，地方放假" in capsys.readouterr().out
    assert main(["calendar", "show", "CN-GX", "--year", "2030"]) == 0
    assert "2030年全国放假安排未载入" in capsys.readouterr().out
    assert main(["calendar", "list", "--json"]) == 0
    path = tmp_path / "2030.csv"
    off = [f"2030-{d}" for d in ("01-01", "02-04", "02-05", "02-06", "05-01", "10-01")]
    content = "calendar,date,kind,source\n" + "".join(f"CN,{d},off,虚构假期\n" for d in off)
    path.write_text(content, "utf-8")
    by = ["--bureau", str(desk.bureau_id), "--as", "guanli", "--title", "虚构的通知"]
    assert main(["calendar", "check", str(path)]) == 0
    assert "新的一年" in capsys.readouterr().out
    assert main(["calendar", "load", str(path), *by]) == 0
    assert main(["calendar", "load", str(path), *by]) == 0
    assert "没有变动" in capsys.readouterr().out
    path.write_text(content.replace("2030-02-06", "2030-02-07"), "utf-8")
    assert main(["calendar", "load", str(path), *by]) == 1
    assert "已经载入" in capsys.readouterr().err
    assert main(["calendar", "load", str(path), *by, "--correction", "更正通知"]) == 0
    assert main(["calendar", "declare", "CN-GX", "--year", "2030", *by]) == 0
    assert main(["calendar", "show", "CN-GX", "--year", "2030", "--json"]) == 0
    assert '"gaps": []' in capsys.readouterr().out
    path.write_text("calendar,date\n", "utf-8")
    assert main(["calendar", "load", str(path), *by]) == 1
    assert "缺少列" in capsys.readouterr().err


def test_divisions_are_loaded_with_their_tree(desk: Desk, tmp_path: Path) -> None:
    assert main(["division", "load"]) == 0
    found = _now(
        lambda: rows(
            "SELECT code, parent FROM division WHERE code IN ('110101', '450103', '450100', '450000')"
        )
    )
    assert {one["code"]: one["parent"] for one in found} == {
        "110101": "110000", "450103": "450100", "450100": "450000", "450000": None,
    }  # fmt: skip
    assert main(["division", "load"]) == 0
    path = tmp_path / "乡镇.csv"
    path.write_text("code,name\n450103901,虚构街道\n", "utf-8")
    assert main(["division", "load", str(path)]) == 0
    (made,) = _now(lambda: rows("SELECT parent FROM division WHERE code = '450103901'"))
    assert made["parent"] == "450103"
    path.write_text("code,name\n45,坏\n", "utf-8")
    assert main(["division", "load", str(path)]) == 1
    path.write_text("a,b\n", "utf-8")
    assert main(["division", "load", str(path)]) == 1
