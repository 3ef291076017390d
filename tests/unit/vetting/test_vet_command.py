"""``registry vet`` and ``registry evaluate``: what is asked of the caller, and what is answered (issue 2, point 4)."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from registry.entrypoints.cli.main import main
from registry.entrypoints.cli.vetting_input import Given, UsageError, read_form, read_policy, submission


def form_file(folder: Path, **data: object) -> Path:
    path = folder / "application.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_usage_errors_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vet", str(tmp_path / "none.pdf"), "--json"]) == 2
    assert main(["vet", str(tmp_path)]) == 2  # no PDF in the folder
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    assert main(["vet", str(tmp_path / "a.pdf"), "--policy", "nowhere-1999"]) == 2
    assert main(["vet", str(tmp_path / "a.pdf"), "--form", str(tmp_path / "none.json")]) == 2
    assert main(["evaluate", str(tmp_path)]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "arguments", [["vet"], ["vet", "a.pdf", "--as-of", "2022-02-30"], ["vet", "a.pdf", "--jobs", "0"]]
)
def test_argparse_exits_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_a_refused_file_exits_3_with_a_reason(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "空.pdf"
    empty.write_bytes(b"")
    assert main(["vet", str(empty), "--json"]) == 3
    answer = json.loads(capfd.readouterr().out)
    assert set(answer) == {"error"}
    assert answer["error"]["code"] == "empty"
    assert answer["error"]["message"]


def test_only_three_keys_of_a_form_file_are_read(tmp_path: Path) -> None:
    path = form_file(
        tmp_path,
        form={
            "name": "甲",
            "teachers": [{"name": "乙", "valid_until": "2024-04-03"}],
            "annual_inspections": {"2020": "合格"},
        },
        deadline="2022-06-22",
        inspection_years=["2020", "2021"],
        expected={"clean": False},
    )
    given = read_form(path)
    assert given.form is not None
    assert given.form.teachers[0].valid_until == date(2024, 4, 3)
    assert (given.form.courses, given.form.agent_name, given.form.former_names) == ((), "", ())
    assert (given.deadline, given.inspection_years) == (date(2022, 6, 22), (2020, 2021))


@pytest.mark.parametrize("text", ["[]", "{", '{"form": {"teachers": [1]}}', '{"deadline": "soon"}'])
def test_a_form_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "application.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError):
        read_form(path)


def test_defaults_of_days_and_years(tmp_path: Path) -> None:
    for name in ("02.pdf", "01.PDF", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    policy = read_policy("default")
    case = submission(tmp_path, Given(), policy, date(2024, 2, 29))
    assert [f.name for f in case.files] == ["01.PDF", "02.pdf"]
    assert case.inspection_years == (2022, 2023)
    assert case.cycle_ends == date(2026, 2, 28)
    stated = submission(
        tmp_path, Given(deadline=date(2022, 6, 22), inspection_years=(2020, 2021)), policy, None
    )
    assert (stated.as_of, stated.inspection_years) == (date(2022, 6, 22), (2020, 2021))


def test_materials_of_a_policy(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    case = submission(tmp_path, Given(), read_policy("taishan-2026"), date(2026, 6, 1))
    assert {"school_licence", "labour_contract"} <= set(case.policy.required_materials)


MERGED = next((Path(__file__).parents[2] / "data" / "corpus" / "d01-qingmeng").glob("*.pdf"))


def one_page(number: int, path: Path) -> None:
    """One page (from 1) of an application with a text layer."""
    with pikepdf.open(MERGED) as whole, pikepdf.new() as made:
        made.pages.append(whole.pages[number - 1])
        made.save(path)


def test_many_applications_at_once_keep_their_order_and_their_own_answers(tmp_path: Path) -> None:
    paths = []
    for name, number in (("一", 2), ("二", 12)):
        folder = tmp_path / name
        folder.mkdir()
        form_file(folder, form={"name": f"虚构市{name}号体育有限公司"}, deadline="2022-06-22")
        one_page(number, folder / "材料.pdf")
        paths.append(folder)
    refused = tmp_path / "空.pdf"
    refused.write_bytes(b"")
    paths.insert(1, refused)
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "registry.entrypoints.cli.main",
            "vet",
            *map(str, paths),
            "--jobs",
            "2",
            "--json",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 3, ran.stderr
    answers = json.loads(ran.stdout)
    assert [one["path"] for one in answers] == [str(path) for path in paths]
    assert answers[1]["error"]["code"] == "empty"
    assert [one["documents"][0]["type"] for one in (answers[0], answers[2])] == [
        "business_licence",
        "commitment",
    ]
    assert all(one["findings"] for one in (answers[0], answers[2])), "materials are missing"
