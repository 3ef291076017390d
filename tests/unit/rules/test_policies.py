"""Policies as data (R30): the shipped files, inheritance, freezing, and hostile files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from registry.kernel.working_days import builtin_calendars
from registry.policies import (
    Policy,
    PolicyError,
    diff,
    explain,
    freeze,
    load,
    names,
    thaw,
)
from registry.policies.explain import NOT_STATED, SYSTEM_DEFAULT
from registry.policies.vocabulary import (
    CATEGORY_NAMES,
    Confirmation,
    Ground,
    InspectionRule,
    ListKind,
    Reach,
    Severity,
)

SHIPPED = ("default", "nanning-2022", "taishan-2026", "xiaolan-2023")
SEVEN_GROUNDS = (
    "false_credentials", "serious_mismanagement", "service_not_as_promised", "blacklisted",
    "annual_inspection_missed_or_failed", "subcontracted", "unlawful_conduct",
)  # fmt: skip
THREE = ("sports", "arts", "comprehensive_practice")
EXTRA = ("school_licence", "no_criminal_record", "labour_contract")

NO, YES = False, True
TABLE: dict[str, dict[str, tuple[Any, bool]]] = {
    # What the table at the end of rules.md says: the value, and whether the source states it.
    "nanning-2022": {
        "notice.working_days": (5, YES),
        "notice.publication_day_counts": (False, NO),
        "objections.real_name_required": (True, NO),
        "cycle_years": (2, YES),
        "categories": (THREE, YES),
        "extra_materials": ((), YES),
        "inspection.years": (2, YES),
        "inspection.rule": (InspectionRule.PASSED, YES),
        "contract.max_years": (2, YES),
        "ban.years": (3, YES),
        "ban.reach": (Reach.CITY, YES),
        "ban.recognised": ((), NO),
        "list_hits.own_ban": (Severity.BLOCK, NO),
        "exit_grounds": (SEVEN_GROUNDS, YES),
        "calendar": ("CN-GX", YES),
    },
    "xiaolan-2023": {
        "notice.working_days": (3, YES),
        "notice.publication_day_counts": (False, YES),
        "objections.written": (True, YES),
        "objections.facts_required": (True, YES),
        "objections.real_name_required": (True, YES),
        "objections.organisation_seal_required": (True, YES),
        "objections.refuse_otherwise": (True, YES),
        "cycle_years": (1, YES),
        "yearly_review.required": (True, YES),
        "yearly_review.noticed": (True, YES),
        "categories": (THREE, NO),
        "extra_materials": ((), YES),
        "inspection.years": (2, NO),
        "contract.max_years": (2, NO),
        "ban.years": (3, NO),
        "ban.reach": (Reach.REGION, NO),
        "exit_grounds": (tuple(ground.value for ground in Ground), NO),
        "calendar": ("CN", YES),
    },
    "taishan-2026": {
        "notice.working_days": (5, NO),
        "notice.publication_day_counts": (False, NO),
        "objections.contact_required": (True, NO),
        "cycle_years": (2, NO),
        "categories": (("technology", "arts", "sports", "comprehensive_practice"), YES),
        "extra_materials": (EXTRA, YES),
        "inspection.years": (2, YES),
        "inspection.rule": (InspectionRule.WITHOUT_FAILURE, YES),
        "contract.max_years": (2, NO),
        "ban.years": (3, NO),
        "list_hits.abnormal_operation": (Severity.WARN, NO),
        "exit_grounds": (tuple(ground.value for ground in Ground), NO),
        "calendar": ("CN", YES),
    },
}
CELLS = [(name, key, *cell) for name, cells in TABLE.items() for key, cell in cells.items()]


def _value(policy: Policy, key: str) -> Any:
    value: Any = policy
    for part in key.split("."):
        value = value[part] if isinstance(value, dict) else getattr(value, part)
    return tuple(item.code for item in value) if key == "extra_materials" else value


@pytest.mark.parametrize(("name", "key", "value", "stated"), CELLS)
def test_the_table_of_values(name: str, key: str, value: Any, stated: bool) -> None:
    policy = load(name)
    assert _value(policy, key) == value
    assert policy.is_stated(key) is stated
    row = next(row for row in explain(policy) if row.key == key)
    assert row.stated is stated
    assert (row.basis == NOT_STATED) is not stated
    assert (row.set_by == name) is stated


def test_the_default() -> None:
    policy = load("default")
    assert (policy.notice.working_days, policy.notice.publication_day_counts) == (5, False)
    assert (policy.cycle_years, policy.categories) == (2, THREE)
    assert (policy.contract.max_years, policy.contract.school_year_ends_on) == (2, (8, 31))
    assert (policy.ban.years, policy.ban.reach, policy.ban.recognised) == (3, Reach.REGION, ())
    assert (policy.correction_days, policy.second_look_days, policy.exit.answer_days) == (5, 5, 5)
    assert policy.warning_days == (90, 30, 7, 0)
    assert policy.import_threshold == 3
    assert policy.evaluation.satisfaction_threshold == 80
    assert policy.evaluation.scored_terms_for_average == 3
    assert policy.listing_confirmation is Confirmation.PERSON
    assert policy.exit_grounds == tuple(Ground)
    assert policy.auto_suspension == (ListKind.OWN_BAN, ListKind.SERIOUS_VIOLATION)
    blocking = {kind for kind, severity in policy.list_hits.items() if severity is Severity.BLOCK}
    assert blocking == {ListKind.OWN_BAN, ListKind.SERIOUS_VIOLATION, ListKind.INDUSTRY_BLACKLIST}
    assert policy.objections.real_name_required
    assert policy.objections.contact_required


def test_materials_are_numbered_in_order() -> None:
    assert [number for number, _ in load("default").materials] == list(range(1, 9))
    codes = ["application_form", "subject_certificate", "credit_code_certificate", "legal_rep_id"]
    codes += ["teacher_roster", "annual_inspection", "service_plan", "commitment"]
    assert list(load("nanning-2022").required_documents) == codes
    taishan = load("taishan-2026")
    assert [(n, m.code) for n, m in taishan.materials][8:] == list(enumerate(EXTRA, start=9))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_value_explains_itself(name: str) -> None:
    policy = load(name)
    rows = explain(policy)
    assert len({row.key for row in rows}) == len(rows)
    for row in rows:
        assert row.meaning and row.value and row.basis, row.key
        assert row.meaning != row.key
        assert json.dumps(row.raw, ensure_ascii=False)
        if row.stated:
            assert row.source and row.basis.startswith("《")
        elif policy.inherits:
            assert row.basis == NOT_STATED
        else:
            assert row.basis == SYSTEM_DEFAULT
    assert {row.key for row in rows} == set(policy.stated)


def test_names_begin_with_the_default() -> None:
    assert names() == SHIPPED
    assert {load(name).calendar for name in names()} == set(builtin_calendars())


def test_category_names() -> None:
    policy = load("taishan-2026")
    assert [policy.category_name(code) for code in policy.categories] == [
        CATEGORY_NAMES[code] for code in policy.categories
    ]
    assert policy.category_name("chess") == "chess"


@pytest.mark.parametrize(
    "name", ["nanning", "../default", "NANNING-2022", "", "x" * 100, "default.toml", "a\nb"]
)
def test_there_is_no_such_policy(name: str) -> None:
    with pytest.raises(PolicyError):
        load(name)


def test_a_near_name_is_proposed() -> None:
    with pytest.raises(PolicyError, match="是否指 nanning-2022"):
        load("naning-2022")


@pytest.mark.parametrize("name", SHIPPED)
def test_frozen_and_thawed(name: str) -> None:
    policy = load(name)
    stored = json.dumps(freeze(policy), sort_keys=True)
    assert thaw(json.loads(stored)) == policy
    assert json.loads(stored)["version"] == policy.version
    assert len(policy.version) == 16


def test_versions_follow_the_content() -> None:
    assert len({load(name).version for name in names()}) == len(SHIPPED)
    frozen = freeze(load("default"))
    frozen["cycle_years"] = 9
    with pytest.raises(PolicyError, match="改动"):
        thaw(frozen)


def test_a_policy_frozen_by_an_older_software_is_completed() -> None:
    """A value that did not exist then is taken from the default; the version stays the stored one."""
    policy = load("nanning-2022")
    old = policy.model_dump(mode="json")
    for key in (
        "import_threshold",
        "contract.by_school_year",
        "list_hits.judgment_debtor",
        "objections.answer_days",
    ):
        del old["stated"][key]
    del old["objections"]["answer_days"]
    del old["import_threshold"], old["contract"]["by_school_year"], old["list_hits"]["judgment_debtor"]
    from registry.policies.version import content_version

    old["version"] = content_version(old)
    thawed = thaw(old)
    assert thawed.version == old["version"] != policy.version
    assert thawed.import_threshold == 3
    assert thawed.contract.by_school_year is True
    assert thawed.objections.answer_days == 3
    assert thawed.list_hits[ListKind.JUDGMENT_DEBTOR] is Severity.WARN
    assert thawed.notice == policy.notice
    assert "by_school_year" not in old["contract"], "what was given must not change"
    assert explain(thawed)


@pytest.mark.parametrize("stored", [{}, {"name": "x"}, {"version": "0" * 16, "name": 5}])
def test_what_was_never_a_policy(stored: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        thaw(stored)


def test_diff() -> None:
    default, xiaolan = load("default"), load("xiaolan-2023")
    changed = {row.key: (row.before, row.after) for row in diff(default, xiaolan)}
    assert changed["notice.working_days"] == ("5 个工作日", "3 个工作日")
    assert changed["cycle_years"] == ("2 年", "1 年")
    assert "ban.years" not in changed
    assert "calendar" not in changed, "another source of one value is no difference"
    assert diff(default, default) == []
    back = {row.key: (row.after, row.before) for row in diff(xiaolan, default)}
    assert back == changed


def test_no_code_names_a_jurisdiction() -> None:
    """Jurisdictions differ only in data (R30)."""
    root = Path(__file__).parents[3] / "registry"
    words = ("nanning", "xiaolan", "taishan", "南宁", "小榄", "台山", "广西")
    rooms = (
        "bans",
        "contracts",
        "exits",
        "notices",
        "policies",
        "providers",
        "rounds",
        "whitelist",
        "kernel",
    )
    sources = [path for room in rooms for path in (root / room).rglob("*.py")]
    assert len(sources) > 20
    for path in sources:
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in words if word in text], path
