"""``registry``: explain, policy, and how it starts."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from registry.entrypoints.cli.main import COMMANDS, main
from tests.unit.rules.tables import CASES, rows

TABLES = {"notice": "notice_windows", "contract": "contract_terms", "ban": "ban_periods"}


def _out(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert _status(arguments) == status
    captured = capsys.readouterr()
    if status:
        assert not captured.out
        assert captured.err
        return captured.err
    assert not captured.err
    return captured.out


def _status(arguments: tuple[str, ...]) -> object:
    """The exit status, whichever way the command ends."""
    try:
        return main(arguments)
    except SystemExit as stop:
        return stop.code


def _answers(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("subject", ["notice", "ban"])
def test_a_whole_table_comes_back_byte_for_byte(subject: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = CASES / f"{TABLES[subject]}.csv"
    assert _out(capsys, "explain", subject, "--csv", str(path)).encode() == path.read_bytes()


def test_the_contract_table_with_its_own_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    out = _answers(_out(capsys, "explain", "contract", "--csv", str(CASES / "contract_terms.csv")))
    expected = rows("contract_terms")
    assert [{**row, "why": ""} for row in out] == [{**row, "why": ""} for row in expected]
    assert all(row["why"] for row in out)


@pytest.mark.parametrize("subject", list(TABLES))
def test_answers_are_added_where_they_are_absent(
    subject: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = rows(TABLES[subject])
    answers = {"notice": 2, "contract": 2, "ban": 2}[subject]
    inputs = list(known[0])[:-answers]
    bare = tmp_path / "bare.csv"
    with bare.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, ["note", *reversed(inputs)], extrasaction="ignore")
        writer.writeheader()
        writer.writerows([{"note": f"第{n}行, “x”", **row} for n, row in enumerate(known)])
    out = _answers(_out(capsys, "explain", subject, "--csv", str(bare)))
    assert list(out[0]) == ["note", *reversed(inputs), *list(known[0])[-answers:]]
    assert [row["note"] for row in out] == [f"第{n}行, “x”" for n in range(len(known))]
    for row, expected in zip(out, known, strict=True):
        assert {**expected, "why": ""} == {**{key: row[key] for key in expected}, "why": ""}


def test_wrong_answers_are_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "passes_from,calendar,published_on,working_days,publication_day_counts\n"
        "1999-01-01,CN,2022-06-08,5,FALSE\n2027-01-12,CN-GX,2025-04-01,5,True\n",
        encoding="utf-8",
    )
    assert _out(capsys, "explain", "notice", "--csv", str(path)) == (
        "passes_from,calendar,published_on,working_days,publication_day_counts,last_notice_day\n"
        "2022-06-16,CN,2022-06-08,5,false,2022-06-15\n"
        ",CN-GX,2025-04-01,5,true,2025-04-08\n"
    )


def test_a_table_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"decided_on,ban_years\n\n2024-02-29,4\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    out = _out(capsys, "explain", "ban", "--csv", "-")
    assert out == "decided_on,ban_years,last_banned_day,may_apply_from\n2024-02-29,4,2028-02-29,2028-03-01\n"


BAN_HEADER = "decided_on,ban_years\n"
NOTICE_HEADER = "calendar,published_on,working_days,publication_day_counts\n"


@pytest.mark.parametrize(
    ("subject", "content", "words"),
    [
        ("ban", BAN_HEADER + "2024-02-29,3\n2024-02-30,3\n", ["第 3 行", "decided_on"]),
        ("ban", BAN_HEADER + "20240228,3\n", ["第 2 行"]),
        ("ban", BAN_HEADER + "2024-02-28,0\n", ["第 2 行", "ban_years"]),
        ("ban", BAN_HEADER + "2024-02-28,３\n", ["第 2 行", "ban_years"]),
        ("ban", BAN_HEADER + "2024-02-28,-1\n", ["第 2 行", "ban_years"]),
        ("ban", BAN_HEADER + "2024-02-28\n", ["第 2 行", "ban_years"]),
        ("ban", BAN_HEADER + "2024-02-28,3,x\n", ["第 2 行", "列"]),
        ("ban", BAN_HEADER + "9999-02-28,3\n", ["第 2 行"]),
        ("ban", "decided_on\n2024-02-28\n", ["第 1 行", "ban_years"]),
        ("ban", "decided_on,ban_years,ban_years\n2024-02-28,3,3\n", ["第 1 行", "重复"]),
        ("ban", "", ["第 1 行"]),
        ("ban", BAN_HEADER + '"2024-02-28,3\n', ["CSV"]),
        ("notice", NOTICE_HEADER + "CN-XX,2022-06-20,5,false\n", ["第 2 行", "CN-XX"]),
        ("notice", NOTICE_HEADER + "CN,2022-06-20,5,maybe\n", ["第 2 行", "publication_day_counts"]),
        ("notice", NOTICE_HEADER + "CN,2022-06-20,367,false\n", ["第 2 行", "working_days"]),
        ("notice", NOTICE_HEADER + "CN,9999-12-30,9,false\n", ["第 2 行"]),
        ("contract", "starts_on,ends_on,max_years\n2022-09-01,2023-08-31,two\n", ["第 2 行", "max_years"]),
    ],
)
def test_bad_rows_are_named_and_nothing_is_written(
    subject: str, content: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    error = _out(capsys, "explain", subject, "--csv", str(path), status=2)
    for word in words:
        assert word in error


def test_other_encodings_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gbk.csv"
    path.write_bytes(b"decided_on,ban_years,note\n2024-02-28,3," + "备注".encode("gbk"))
    assert "第 2 行" in _out(capsys, "explain", "ban", "--csv", str(path), status=2)
    _out(capsys, "explain", "ban", "--csv", str(tmp_path / "none.csv"), status=2)


def test_notice_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["explain", "notice", "--published", "2023-04-15", "--working-days", "5", "--json"]
    answer = json.loads(_out(capsys, *arguments, "--calendar", "CN-GX"))
    assert answer["last_notice_day"] == "2023-04-24"
    assert answer["passes_from"] == "2023-04-25"
    assert answer["provisional"] is False
    assert [day["date"] for day in answer["days"] if day["counts"]][-1] == "2023-04-24"
    assert set(answer["days"][0]) == {"date", "counts", "reason"}
    assert len(answer["days"]) == 10


def test_provisional_json_and_text(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "explain",
        "notice",
        "--calendar",
        "CN-GX",
        "--published",
        "2025-04-01",
        "--working-days",
        "5",
    ]
    answer = json.loads(_out(capsys, *arguments, "--publication-day-counts", "--json"))
    assert (answer["last_notice_day"], answer["passes_from"]) == ("2025-04-08", None)
    assert answer["provisional"] is True
    assert "预计 2025-04-09" in _out(capsys, *arguments)


def test_contract_and_ban_json(capsys: pytest.CaptureFixture[str]) -> None:
    term = ["explain", "contract", "--starts", "2022-09-01", "--ends", "2024-09-01", "--max-years", "2"]
    answer = json.loads(_out(capsys, *term, "--json"))
    assert answer["allowed"] is False
    assert "2024-08-31" in answer["why"]
    assert "不允许" in _out(capsys, *term)
    ban = ["explain", "ban", "--decided", "2024-02-29", "--years", "3"]
    answer = json.loads(_out(capsys, *ban, "--json"))
    assert (answer["last_banned_day"], answer["may_apply_from"]) == ("2027-02-28", "2027-03-01")
    assert "2027-03-01" in _out(capsys, *ban)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["explain"],
        ["explain", "weather"],
        ["explain", "ban"],
        ["explain", "ban", "--decided", "2024-02-29"],
        ["explain", "ban", "--decided", "2024-02-30", "--years", "3"],
        ["explain", "ban", "--decided", "2024-02-29", "--years", "0"],
        ["explain", "ban", "--decided", "9999-02-28", "--years", "3"],
        ["explain", "ban", "--csv", "x.csv", "--years", "3"],
        ["explain", "ban", "--csv", "x.csv", "--json"],
        ["explain", "notice", "--calendar", "XX", "--published", "2022-06-20", "--working-days", "5"],
        ["policy"],
        ["policy", "show"],
    ],
)
def test_usage_errors(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    _out(capsys, *arguments, status=2)


def test_policy_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nanning-2022" in _out(capsys, "policy", "list")
    assert "来源文件未规定" in _out(capsys, "policy", "show", "xiaolan-2023")
    shown = json.loads(_out(capsys, "policy", "show", "taishan-2026", "--json"))
    assert shown["name"] == "taishan-2026"
    assert any(row["key"] == "notice.working_days" and not row["stated"] for row in shown["values"])
    changed = json.loads(_out(capsys, "policy", "diff", "default", "taishan-2026", "--json"))
    assert "extra_materials" in {row["key"] for row in changed}
    assert "规定相同" in _out(capsys, "policy", "diff", "default", "default")
    good = tmp_path / "good.toml"
    good.write_text(
        'name = "good"\ntitle = "某市"\ninherits = "default"\ncycle_years = { value = 3 }\n', "utf-8"
    )
    assert "没有问题" in _out(capsys, "policy", "check", str(good))
    assert "3 年" in _out(capsys, "policy", "diff", "default", str(good))
    bad = tmp_path / "bad.toml"
    bad.write_text(
        'name = "bad"\ntitle = "某市"\ninherits = "default"\ncycle_year = { value = 3 }\n', "utf-8"
    )
    assert "是否指 cycle_years" in _out(capsys, "policy", "check", str(bad), status=1)
    _out(capsys, "policy", "show", "nowhere", status=1)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["explain", "--help"], ["explain", "notice", "--help"], ["policy", "--help"]],
)
def test_help_teaches(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    out = _out(capsys, *arguments)
    assert "usage: registry" in out
    assert any("\u4e00" <= character <= "\u9fff" for character in out)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    out = _out(capsys, "--help")
    here = Path(__file__).parents[3] / "registry" / "entrypoints" / "cli"
    for command in COMMANDS:
        # A command that is a word of Python has an underscore in its module's name.
        present = any(
            (here / name).is_file() for name in (f"{command}.py", f"{command}_.py", f"{command}/__init__.py")
        )
        assert (f"    {command} " in out) is present


HEAVY = (
    "litestar",
    "piccolo",
    "numpy",
    "cv2",
    "rapidocr",
    "asyncpg",
    "procrastinate",
    "minio",
    "PIL",
    "openpyxl",
)


@pytest.mark.parametrize("arguments", [["--help"], ["explain", "--help"], ["policy", "--help"]])
def test_it_starts_light(arguments: list[str]) -> None:
    """What makes a start slow is never imported; how long it takes is measured, not asserted."""
    program = (
        "import sys\nfrom registry.entrypoints.cli.main import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
