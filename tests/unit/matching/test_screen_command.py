"""``registry screen``: predictions for score.py from files alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from registry.entrypoints.cli.main import main

DATA = Path(__file__).resolve().parents[2] / "data" / "screening"
LISTS, QUERIES = DATA / "blacklist.csv", DATA / "queries.jsonl"


def test_predictions_pass_the_scorer(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["screen", "--lists", str(LISTS), "--queries", str(QUERIES)]) == 0
    out = capsys.readouterr()
    assert out.err == ""
    predictions = tmp_path / "predictions.jsonl"
    predictions.write_text(out.out, "utf-8")
    command = [sys.executable, str(DATA / "score.py"), str(QUERIES), str(predictions), "--json", "--strict"]
    scored = subprocess.run(command, capture_output=True, text=True, check=False)
    assert scored.returncode == 0, scored.stdout
    result = json.loads(scored.stdout)
    assert result["passed"] == result["queries"] == 89


def test_what_people_know_of_the_cases_is_not_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bare = tmp_path / "bare.jsonl"
    lines = [json.loads(line) for line in QUERIES.read_text("utf-8").splitlines()]
    keep = [{key: line[key] for key in ("id", "as_of", "provider")} for line in lines]
    bare.write_text("\n".join(json.dumps(line) for line in keep), "utf-8")
    answers = []
    for queries in (QUERIES, bare):
        assert main(["screen", "--lists", str(LISTS), "--queries", str(queries)]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]


def test_missing_keys_are_absent_facts_and_bad_lines_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text(
        '{"id": "a", "provider": {"name": "南宁市岚柚文化艺术培训有限公司"}}\n'
        '{"id": "b", "provider": null}\n'
        "not json\n"
        '{"id": "c", "as_of": "never", "provider": {}}\n',
        "utf-8",
    )
    lists = tmp_path / "lists.csv"
    lists.write_bytes(LISTS.read_bytes() + "X-1,某名单,organisation,甲有限公司,,,,,,坏日期,,,\n".encode())
    arguments = [
        "screen",
        "--lists",
        str(lists),
        "--queries",
        str(queries),
        "--as-of",
        "2025-09-01",
        "--json-explain",
    ]
    assert main(arguments) == 1
    out = capsys.readouterr()
    answers = [json.loads(line) for line in out.out.splitlines()]
    assert [(a["id"], a["outcome"]) for a in answers] == [("a", "hit"), ("b", "clear")]
    (match,) = answers[0]["matches"]
    assert (match["list_id"], match["reason"]) == ("D-015", "name")
    assert match["explanation"]["zh"]
    assert "lists.csv:63: in_force_from" in out.err
    assert "queries.jsonl:3:" in out.err
    assert "queries.jsonl:4:" in out.err


def test_a_list_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["screen", "--lists", str(tmp_path / "none.csv"), "--queries", str(QUERIES)]) == 1
    out = capsys.readouterr()
    assert out.out == ""
    assert "none.csv" in out.err
