"""Rounds (R2, R5, R14), objections (R17) and exits (R26, R27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from registry.exits.rules import Ground, answer_deadline, decision_refusal, ground_refusal
from registry.kernel.working_days import builtin_calendar
from registry.notices.rules import (
    NoticePhase,
    ObjectionFacts,
    ObjectorKind,
    notice_phase,
    objection_refusals,
    objection_window_refusal,
)
from registry.policies import load
from registry.rounds.rules import (
    RoundFacts,
    RoundPhase,
    accepts,
    correction_deadline,
    cycle_end,
    extension_refusal,
    inspection_years,
    round_phase,
    second_look_deadline,
)

CN = builtin_calendar("CN")
ROUND = RoundFacts(date(2022, 6, 1), date(2022, 6, 22))


@pytest.mark.parametrize(
    ("as_of", "changes", "phase"),
    [
        (date(2022, 5, 31), {}, RoundPhase.UPCOMING),
        (date(2022, 6, 1), {}, RoundPhase.OPEN),
        (date(2022, 6, 22), {}, RoundPhase.OPEN),
        (date(2022, 6, 23), {}, RoundPhase.CLOSED),
        (date(2022, 6, 10), {"published": False}, RoundPhase.DRAFT),
        (date(2022, 6, 10), {"cancelled": True}, RoundPhase.CANCELLED),
    ],
)
def test_when_a_round_takes_applications(as_of: date, changes: dict[str, Any], phase: RoundPhase) -> None:
    facts = replace(ROUND, **changes)
    assert round_phase(facts, as_of) is phase
    refusal = accepts(facts, as_of)
    assert (refusal is None) is (phase is RoundPhase.OPEN)
    if refusal is not None:
        assert "%(" not in refusal.text + refusal.remedy_text


@pytest.mark.parametrize(
    ("new", "as_of", "code"),
    [
        (date(2022, 6, 23), date(2022, 6, 22), None),
        (date(2022, 6, 23), date(2022, 5, 1), None),
        (date(2022, 6, 22), date(2022, 6, 10), "deadline_shortened"),
        (date(2022, 6, 21), date(2022, 6, 10), "deadline_shortened"),
        (date(2022, 6, 30), date(2022, 6, 23), "round_over"),
    ],
)
def test_a_deadline_is_extended_never_shortened(new: date, as_of: date, code: str | None) -> None:
    refusal = extension_refusal(ROUND, new, as_of)
    assert (refusal.code if refusal else None) == code


def test_years_of_a_round() -> None:
    assert inspection_years(date(2022, 6, 22), 2) == (2020, 2021)
    assert inspection_years(date(2022, 6, 22), 0) == ()
    assert cycle_end(date(2022, 6, 22), 2) == date(2024, 6, 22)
    assert cycle_end(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_deadlines_in_working_days() -> None:
    assert correction_deadline(date(2022, 6, 22), 5, CN).last_day == date(2022, 6, 29)
    assert second_look_deadline(date(2022, 9, 30), 5, CN).last_day == date(2022, 10, 12)
    assert answer_deadline(date(2022, 9, 30), 5, CN).last_day == date(2022, 10, 12)


@pytest.mark.parametrize(
    ("passes_from", "as_of", "phase", "code"),
    [
        (date(2022, 7, 1), date(2022, 6, 22), NoticePhase.UPCOMING, "notice_not_open"),
        (date(2022, 7, 1), date(2022, 6, 23), NoticePhase.OPEN, None),
        (date(2022, 7, 1), date(2022, 6, 30), NoticePhase.OPEN, None),
        (date(2022, 7, 1), date(2022, 7, 1), NoticePhase.PASSED, "notice_passed"),
        (None, date(2032, 7, 1), NoticePhase.OPEN, None),
    ],
)
def test_objections_while_the_notice_is_open(
    passes_from: date | None, as_of: date, phase: NoticePhase, code: str | None
) -> None:
    assert notice_phase(date(2022, 6, 23), passes_from, as_of) is phase
    refusal = objection_window_refusal(date(2022, 6, 23), passes_from, as_of)
    assert (refusal.code if refusal else None) == code


P, O = ObjectorKind.PERSON, ObjectorKind.ORGANISATION  # noqa: E741


@pytest.mark.parametrize(
    ("policy", "kind", "written", "name", "contact", "facts", "sealed", "codes"),
    [
        ("default", P, False, True, True, False, False, []),
        ("default", P, False, False, True, True, False, ["no_name"]),
        ("default", P, False, True, False, True, False, ["no_contact"]),
        ("default", O, False, True, True, False, False, []),
        ("default", O, False, False, True, False, False, ["no_name"]),
        ("xiaolan-2023", P, True, True, False, True, False, []),
        ("xiaolan-2023", P, False, True, False, True, False, ["not_written"]),
        ("xiaolan-2023", P, True, False, True, True, False, ["no_name"]),
        ("xiaolan-2023", P, True, True, True, False, False, ["no_facts"]),
        ("xiaolan-2023", O, True, True, True, True, True, []),
        ("xiaolan-2023", O, True, True, True, True, False, ["no_seal"]),
        ("xiaolan-2023", O, False, False, False, False, False, ["not_written", "no_facts", "no_name", "no_seal"]),
    ],
)  # fmt: skip
def test_what_an_objection_must_carry(
    policy: str,
    kind: ObjectorKind,
    written: bool,
    name: bool,
    contact: bool,
    facts: bool,
    sealed: bool,
    codes: list[str],
) -> None:
    objection = ObjectionFacts(kind, written, name, contact, facts, sealed)
    found = objection_refusals(objection, load(policy).objections)
    assert [refusal.code for refusal in found] == codes


@pytest.mark.parametrize(
    ("policy", "ground", "allowed"),
    [
        ("default", Ground.POOR_QUALITY, True),
        ("nanning-2022", Ground.POOR_QUALITY, False),
        ("nanning-2022", Ground.SUBCONTRACTED, True),
    ],
)
def test_grounds_are_those_of_the_policy(policy: str, ground: Ground, allowed: bool) -> None:
    assert (ground_refusal(ground, load(policy).exit_grounds) is None) is allowed


@pytest.mark.parametrize(
    ("answered", "as_of", "decidable"),
    [
        (None, date(2022, 10, 12), False),
        (None, date(2022, 10, 13), True),
        (date(2022, 10, 9), date(2022, 10, 9), True),
        (date(2022, 10, 10), date(2022, 10, 9), False),
    ],
)
def test_a_case_is_decided_after_the_answer_or_its_time(
    answered: date | None, as_of: date, decidable: bool
) -> None:
    answer = answer_deadline(date(2022, 9, 30), 5, CN)
    refusal = decision_refusal(answered, answer, as_of)
    assert (refusal is None) is decidable
    if refusal is not None:
        assert "2022-10-12" in refusal.text
