"""The table of outcomes on the cases of shared/cases/screening and on generated cases of the same kinds."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.unit.matching.generator import MAKERS, Case, Maker
from vetting.matching.index import ProviderIndex, Screener
from vetting.matching.keys import listing_keys, subject_keys
from vetting.matching.listfile import parse
from vetting.matching.model import Listing, Outcome, Person, Subject
from vetting.matching.rules import rule

DATA = Path(__file__).resolve().parents[2] / "data" / "screening"
QUERIES = [json.loads(line) for line in (DATA / "queries.jsonl").read_text("utf-8").splitlines()]


def as_subject(query: dict[str, Any]) -> Subject:
    provider = query["provider"]
    return Subject(
        id=query["id"],
        name=provider["name"],
        former_names=tuple(provider["former_names"]),
        credit_code=provider["credit_code"],
        legal_representative=Person(**provider["legal_representative"]),
        teachers=tuple(Person(**teacher) for teacher in provider["teachers"]),
        address=provider["address"],
    )


@pytest.fixture(scope="module")
def listings() -> tuple[Listing, ...]:
    read = parse((DATA / "blacklist.csv").read_bytes())
    assert read.ok, read.errors
    return tuple(row.listing for row in read.rows)


@pytest.fixture(scope="module")
def screener(listings: tuple[Listing, ...]) -> Screener:
    return Screener(listings)


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: f"{q['id']}-{q['category']}")
def test_shared_case(query: dict[str, Any], screener: Screener) -> None:
    screening = screener.screen(as_subject(query), date.fromisoformat(query["as_of"]))
    expected = query["expected"]
    assert screening.outcome == expected["outcome"], query["why"]
    assert {(m.list_id, m.reason) for m in screening.matches} == {
        (m["list_id"], m["reason"]) for m in expected["matches"]
    }, query["why"]


@pytest.mark.parametrize("make", MAKERS, ids=lambda m: m.__name__)
def test_generated_cases_of_the_same_kind(make: Any) -> None:
    maker = Maker(Random(20220622))
    for _ in range(120):
        case = make(maker)
        found = Screener([case.listing]).screen(case.subject, case.as_of)
        expected = [(case.outcome, case.reason)] if case.reason is not None else []
        assert [(m.outcome, m.reason) for m in found.matches] == expected, (
            case.kind,
            case.listing,
            case.subject,
        )


def _cases(count: int) -> list[Case]:
    maker = Maker(Random(4))
    return [make(maker) for _ in range(count) for make in MAKERS]


def test_the_index_finds_exactly_what_judging_every_pair_finds() -> None:
    cases = _cases(25)
    listings = [case.listing for case in cases]
    subjects = [case.subject for case in cases]
    day = date(2025, 9, 1)
    keys = [listing_keys(listing) for listing in listings]
    expected = {
        (subject.id, listing.listing.list_id, ruling.outcome, ruling.reason)
        for subject in subjects
        for listing in keys
        if listing.listing.in_force(day) and (ruling := rule(subject_keys(subject), listing)) is not None
    }
    screener, index = Screener(listings), ProviderIndex(subjects)
    forward = {
        (screening.subject_id, match.list_id, match.outcome, match.reason)
        for screening in screener.screen_all(subjects, day)
        for match in screening.matches
    }
    backward = {
        (subject.id, match.list_id, match.outcome, match.reason)
        for listing in listings
        for subject, match in index.touched(listing, day)
    }
    assert len(expected) > 100
    assert forward == expected
    assert backward == expected


def test_matches_come_strongest_first_and_decide_the_outcome() -> None:
    maker = Maker(Random(1))
    who = maker.person()
    code = maker.code()
    listings = [
        maker.listing("梧州市鹿鸣艺术培训有限公司", legal_representative=who),
        maker.listing("柳州市栖梧文化传播有限公司", credit_code=code),
    ]
    subject = maker.subject("南宁市蒹葭有限公司", credit_code=code, legal_representative=who)
    screening = Screener(listings).screen(subject, date(2025, 9, 1))
    assert [match.outcome for match in screening.matches] == [Outcome.HIT, Outcome.POSSIBLE]
    assert screening.outcome is Outcome.HIT
    assert Screener([]).screen(subject, date(2025, 9, 1)).outcome is Outcome.CLEAR


def test_progress_is_told() -> None:
    told: list[int] = []
    list(Screener([]).screen_all([Subject(name="甲")] * 2500, date(2025, 9, 1), told.append))
    assert told == [1000, 2000, 2500]


def test_explanations_never_show_a_whole_id_number(screener: Screener) -> None:
    for query in QUERIES:
        subject = as_subject(query)
        people = [subject.legal_representative, *subject.teachers]
        for match in screener.screen(subject, date.fromisoformat(query["as_of"])).matches:
            said = json.dumps(match.explanation.as_dict(), ensure_ascii=False)
            assert not any(p.id_number and p.id_number in said for p in people)


def test_an_explanation_aligns_both_sides_and_says_what_decided(screener: Screener) -> None:
    query = next(q for q in QUERIES if q["id"] == "d036")
    (match,) = screener.screen(as_subject(query), date.fromisoformat(query["as_of"])).matches
    explanation = match.explanation
    assert (
        "".join(span.subject for span in explanation.alignment)
        == explanation.subject
        == "南宁市末荻艺术培训有限公司"
    )
    assert "".join(span.listing for span in explanation.alignment) == explanation.listing
    assert [(s.op, s.subject, s.listing) for s in explanation.alignment if s.op != "equal"] == [
        ("replace", "末", "未")
    ]
    assert "look_alike" in explanation.different
    assert "place" in explanation.equal
    assert explanation.decided == "similar_name"
    assert "形近字" in explanation.zh
    assert "look alike" in explanation.en
