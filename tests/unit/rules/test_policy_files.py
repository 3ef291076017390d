"""Policy files are hostile until parsed (R30): every mistake is named, in Chinese, with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.policies import PolicyError, explain, load_file, parse
from registry.policies.explain import NOT_STATED

HEAD = 'name = "test-2030"\ntitle = "试验"\ninherits = "default"\n[sources.S1]\ntitle = "文件"\n'


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        '\ufeffname = "ours-2030"\ntitle = "本市"\ninherits = "xiaolan-2023"\n'
        'categories = { value = ["sports", "chess"], source = "S1 二" }\n'
        'category_names = { value = { chess = "棋类" }, source = "S1 二" }\n'
        '[sources.S1]\ntitle = "我市通知"\n[finding_severities]\n"missing_document:service_plan" = { value = "warn" }\n',
        encoding="utf-8",
    )
    policy = load_file(path)
    assert policy.notice.working_days == 3
    assert not policy.is_stated("notice.working_days")
    assert policy.stated["notice.working_days"].policy == "xiaolan-2023"
    assert policy.category_name("chess") == "棋类"
    rows = {row.key: row for row in explain(policy)}
    assert rows["categories"].value == "体育类、棋类"
    assert rows["categories"].basis == "《我市通知》二"
    assert "缺少材料（service_plan）" in rows["finding_severities.missing_document:service_plan"].meaning
    assert rows["notice.working_days"].basis == NOT_STATED


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("[notice]\nworking_days = { value = 0 }", ["notice.working_days", "不能小于 1"]),
        ("[notice]\nworking_days = { value = 61 }", ["notice.working_days", "不能大于 60"]),
        ("[notice]\nworking_days = { value = true }", ["notice.working_days", "整数"]),
        ('[notice]\nworking_days = { value = "5" }', ["notice.working_days", "整数"]),
        ("[notice]\nworking_days = { value = 2.5 }", ["notice.working_days", "整数"]),
        ("[notice]\nworking_days = { value = nan }", ["notice.working_days"]),
        ("[notice]\npublication_day_counts = { value = 1 }", ["publication_day_counts", "true 或 false"]),
        ("[notice]\nworking_days = 5", ["notice.working_days", "value"]),
        ('[notice]\nworking_days = { value = 5, source = "S7 三" }', ["notice.working_days", "S7"]),
        ('[notice]\nworking_days = { value = 5, source = "" }', ["notice.working_days", "source"]),
        ('[notice]\nworking_days = { value = 5, sauce = "S1" }', ["notice.working_days", "sauce"]),
        ("[notice]\nworking_day = { value = 5 }", ["notice.working_day：", "是否指 notice.working_days"]),
        ("[notices]\nworking_days = { value = 5 }", ["notices：", "是否指 notice"]),
        ('[ban]\nreach = { value = "planet" }', ["ban.reach", "region"]),
        ('[ban]\nrecognised = { value = ["45"] }', ["ban.recognised"]),
        ('[contract]\nschool_year_end = { value = "02-29" }', ["school_year_end"]),
        ('[contract]\nschool_year_end = { value = "13-01" }', ["school_year_end"]),
        ('[contract]\ntownship_parents_share = { value = "3/2" }', ["township_parents_share"]),
        ('[contract]\ntownship_parents_share = { value = "1/0" }', ["township_parents_share"]),
        ('[contract]\npreconditions = { value = ["prayer"] }', ["contract.preconditions"]),
        ('[list_hits]\nour_list = { value = "block" }', ["list_hits", "our_list"]),
        ('[finding_severities]\n"Bad Code" = { value = "block" }', ["finding_severities"]),
        ('[finding_severities]\nname_mismatch = { value = "fatal" }', ["finding_severities.name_mismatch"]),
        ("[yearly_review]\nnoticed = { value = true }", ["yearly_review.noticed"]),
        ('[base_materials]\nvalue = [{ code = "a", name = "b\\u202e" }]', ["base_materials.0.name"]),
        ('[base_materials]\nvalue = [{ code = "a", name = "b", size = 1 }]', ["base_materials.0.size"]),
        ("[base_materials]\nvalue = []", ["base_materials", "至少"]),
    ],
)
def test_each_mistake_is_named(body: str, words: list[str]) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(f"{HEAD}{body}\n".encode(), origin="test.toml")
    text = "\n".join(caught.value.problems)
    for word in words:
        assert word in text


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ("categories = { value = [] }", "categories"),
        ('categories = { value = ["chess"] }', "category_names"),
        ('categories = { value = ["sports", "sports"] }', "重复"),
        ("warning_days = { value = [7, 30] }", "从大到小"),
        ("warning_days = { value = [30, 30] }", "重复"),
        ('calendar = { value = "CN-XX" }', "CN-XX"),
        ('calendar = { value = "../CN" }', "calendar"),
        ("calendar = { value = 5 }", "calendar"),
        ('exit_grounds = { value = ["boredom"] }', "exit_grounds"),
        ("cycle_years = { value = 99999999999999999999 }", "cycle_years"),
        ("notice = 5", "notice"),
        ("version = { value = 1 }", "version"),
        ("stated = {}", "stated"),
    ],
)
def test_mistakes_at_the_top(lines: str, word: str) -> None:
    content = f'name = "test-2030"\ntitle = "试验"\ninherits = "default"\n{lines}\n'
    with pytest.raises(PolicyError) as caught:
        parse(content.encode(), origin="test.toml")
    assert word in "\n".join(caught.value.problems)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"name = ",
        b'name = "a"\nname = "b"',
        b"a = " + b"[" * 100_000,
        b"a = " + b"9" * 10_000,
        b"#" * 300_000,
        b'name = "x"\ntitle = "y"',
        b'name = "x"\ntitle = 5\ninherits = "default"',
        b'name = "x"\ntitle = "y"\ninherits = "x"',
        b'name = "x"\ntitle = "y"\ninherits = "../default"',
        b'name = "x"\ntitle = "y"\ninherits = ["default"]',
        b'name = "../x"\ntitle = "y"\ninherits = "default"',
        b'name = "x"\ntitle = "y"\ninherits = "default"\nsources = 5',
        b'name = "x"\ntitle = "y"\ninherits = "default"\n[sources.S1]\nname = "z"',
        b'name = "x"\ntitle = "y"\ninherits = "default"\n[sources]\nS1 = "z"',
        b'name = "x"\ntitle = "a\\u202eb"\ninherits = "default"',
    ],
)
def test_files_that_are_no_policy(content: bytes) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(content, origin="test.toml")
    assert caught.value.problems


def test_a_policy_without_a_parent_states_everything() -> None:
    with pytest.raises(PolicyError) as caught:
        parse(b'name = "x"\ntitle = "y"\n', origin="x")
    text = "\n".join(caught.value.problems)
    for key in ("notice", "calendar", "list_hits", "exit_grounds"):
        assert key in text


def test_all_problems_come_at_once() -> None:
    content = f"{HEAD}[notice]\nworking_days = {{ value = 0 }}\n[ban]\nyears = {{ value = 0 }}\n"
    with pytest.raises(PolicyError) as caught:
        parse(content.encode(), origin="x")
    assert len(caught.value.problems) == 2


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(PolicyError, match="无法读取"):
            load_file(path)
