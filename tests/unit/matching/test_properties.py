"""What must hold for any text: keys are stable, writing that means nothing changes nothing, dates come first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.matching.generator import MAKERS, Maker
from vetting.matching.company import parse
from vetting.matching.explain import align
from vetting.matching.index import Screener
from vetting.matching.lookalike import look_alike, misreadings, one_look_alike
from vetting.matching.model import Listing, ListKind, Outcome, Subject, SubjectType
from vetting.matching.normalise import code_key, hide_id, id_key, mask_fits, name_key, person_key
from vetting.matching.numerals import number_key
from vetting.matching.places import region_of
from vetting.matching.variants import variation_between

DAY = date(2025, 9, 1)
CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=8)
ANY = st.text(max_size=30)
INVISIBLE = st.sampled_from(" \u3000\u200b\u200d\ufeff\u00ad\u2060\u00a0\t\n\ufe0f\u3164")
BRACKETS = st.sampled_from(
    ["（）", "()", "〔〕", "【】", "［］", "{}", "《》", "〈〉", "「」", "『』", "〖〗", "﹙﹚", "＜＞", "⟨⟩"]
)


@given(ANY)
def test_keys_are_idempotent(text: str) -> None:
    for key in (name_key, person_key, code_key, id_key):
        assert key(key(text)) == key(text)


@given(ANY, INVISIBLE, st.integers(0, 30))
def test_invisible_characters_never_change_a_key(text: str, blank: str, at: int) -> None:
    once = name_key(text)
    assert name_key(once[:at] + blank + once[at:]) == once


@given(ANY)
def test_any_text_can_be_taken_apart(text: str) -> None:
    key = name_key(text)
    parts = parse(key).parts
    assert sum(len(part) for part in parts.values()) >= 0
    number_key(text)
    assert region_of(text) == "" or len(region_of(text)) == 6


@given(CHINESE, CHINESE, BRACKETS, BRACKETS)
def test_bracket_variants_are_always_a_hit(brand: str, place: str, one: str, other: str) -> None:
    first, second = (f"{brand}教育{b[0]}{place}{b[1]}有限公司" for b in (one, other))
    listing = Listing("L", ListKind.OTHER, SubjectType.ORGANISATION, first)
    assert Screener([listing]).screen(Subject(name=second), DAY).outcome is Outcome.HIT


@given(ANY, ANY)
def test_variation_is_symmetric(one: str, other: str) -> None:
    first, second = name_key(one), name_key(other)
    assert variation_between(first, one, second, other) == variation_between(second, other, first, one)


@given(CHINESE)
def test_misreadings_are_symmetric_and_differ_in_one_look_alike(name: str) -> None:
    for other in misreadings(name):
        at = one_look_alike(name, other)
        assert at is not None
        assert look_alike(name[at], other[at])
        assert look_alike(other[at], name[at])
        assert name in misreadings(other)


@given(ANY, ANY)
def test_alignment_loses_nothing(one: str, other: str) -> None:
    spans = align(one, other)
    assert "".join(span.subject for span in spans) == one
    assert "".join(span.listing for span in spans) == other


@given(st.from_regex(r"[1-9]\d{16}[\dX]", fullmatch=True), st.integers(0, 17), st.integers(0, 17))
def test_a_mask_fits_the_number_it_was_made_from_and_no_other(number: str, start: int, shown: int) -> None:
    mask = number[:start] + "*" * (18 - start)
    assert mask_fits(mask, number)
    if shown < start:
        changed = number[:shown] + ("1" if number[shown] != "1" else "2") + number[shown + 1 :]
        assert not mask_fits(mask, changed)
    assert hide_id(number).count("*") == 10


@settings(max_examples=150)
@given(st.integers(0, 10_000), st.integers(0, len(MAKERS) - 1), st.integers(1, 400), st.integers(0, 2))
def test_rows_not_in_force_never_match(seed: int, kind: int, days: int, way: int) -> None:
    case = MAKERS[kind](Maker(Random(seed)))
    dates = (
        {"in_force_from": DAY + timedelta(days=days)},
        {"in_force_from": None, "in_force_until": DAY - timedelta(days=days)},
        {"in_force_from": None, "in_force_until": None, "lifted_on": DAY - timedelta(days=days - 1)},
    )[way]
    listing = replace(case.listing, **dates)
    assert Screener([listing]).screen(case.subject, DAY).matches == ()


@settings(max_examples=150)
@given(st.integers(0, 10_000), st.integers(0, len(MAKERS) - 1), INVISIBLE)
def test_blanks_in_any_field_change_no_outcome(seed: int, kind: int, blank: str) -> None:
    case = MAKERS[kind](Maker(Random(seed)))
    subject = replace(
        case.subject,
        name=blank + case.subject.name[:2] + blank + case.subject.name[2:],
        credit_code=case.subject.credit_code[:4] + blank + case.subject.credit_code[4:],
        address=case.subject.address[:3] + blank + case.subject.address[3:],
    )
    screener = Screener([case.listing])
    plain, spaced = screener.screen(case.subject, case.as_of), screener.screen(subject, case.as_of)
    assert [(m.outcome, m.reason) for m in plain] == [(m.outcome, m.reason) for m in spaced]
