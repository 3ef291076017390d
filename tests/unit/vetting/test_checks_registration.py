"""Checks of registration, name, code and people, with the cases that are nearly one (R2, R4, R6, R9)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories.vetting import (
    AGENT,
    AGENT_ID,
    FORM,
    FORMER,
    MATERIALS,
    NAME,
    OTHER_CODE,
    POLICY,
    card,
    codes,
    document,
    field,
    findings,
    infos,
    licence,
)
from vetting.model import Form, Severity


def test_a_clean_application() -> None:
    assert codes() == []


def test_without_a_form_only_documents_speak() -> None:
    assert codes(form=None) == []
    assert codes(form=Form()) == []


# Completeness (R6)


@pytest.mark.parametrize(
    ("gone", "code"),
    [
        ("application_form", "missing_document:application_form"),
        ("card", "missing_document:legal_rep_id"),
        ("roster", "missing_document:teacher_roster"),
        ("inspection", "missing_document:annual_inspection"),
        ("plan", "missing_document:service_plan"),
        ("commitment", "missing_document:commitment"),
        ("licence", "missing_document:subject_certificate"),
    ],
)
def test_missing_documents(gone: str, code: str) -> None:
    assert codes({gone: None}) == [code]


def test_more_materials_by_policy() -> None:
    policy = replace(
        POLICY, required_materials=(*MATERIALS, "school_licence", "no_criminal_record", "labour_contract")
    )
    assert codes(policy=policy) == [
        "missing_document:labour_contract",
        "missing_document:no_criminal_record",
        "missing_document:school_licence",
    ]
    more = (
        document("d09", "school_licence", 9, valid_until="2027-08-31"),
        document("d10", "no_criminal_record_certificate", 10),
        document("d11", "labour_contract", 11),
    )
    assert codes(policy=policy, extra=more) == []


def test_severities_by_policy() -> None:
    policy = replace(
        POLICY, severities={"missing_document": Severity.INFO, "missing_document:commitment": Severity.WARN}
    )
    found = findings({"commitment": None, "plan": None}, policy=policy)
    severities = {f.code: f.severity for f in found}
    assert severities["missing_document:commitment"] is Severity.WARN
    assert severities["missing_document:service_plan"] is Severity.INFO


def test_any_registration_certificate_serves() -> None:
    certificate = replace(licence(), type="social_organization_certificate")
    assert codes({"licence": certificate}) == []


# Validity of the certificate (R10)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2022-06-21", ["licence_expired"]),
        ("2022-06-22", []),
        ("2022-06-23", []),
        ("long-term", []),
        (None, []),
    ],
)
def test_licence_expired(until: str | None, expected: list[str]) -> None:
    assert codes({"licence": licence(valid_until=until)}) == expected


def test_an_unsure_end_is_for_a_person() -> None:
    unsure = licence(valid_until=field("2022-06-21", 0.4))
    assert codes({"licence": unsure}) == ["unreadable_field:business_licence.valid_until"]


def test_lapse_before_the_cycle_ends() -> None:
    assert "lapses_before_cycle_end" in infos({"licence": licence(valid_until="2024-06-21")})
    assert "lapses_before_cycle_end" not in infos({"licence": licence(valid_until="2024-06-22")})


# Credit code (R4, R9)


def test_credit_code_mismatch() -> None:
    assert codes({"licence": licence(credit_code=OTHER_CODE)}) == ["credit_code_mismatch"]


@pytest.mark.parametrize("typed", ["91450105ma5nkre41r", " 91450105MA5NKRE41R", "９１４５０１０５MA5NKRE41R"])
def test_the_same_code_in_another_spelling(typed: str) -> None:
    assert codes(form=replace(FORM, credit_code=typed)) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("9145O105MA5NKRE41R", "字母"),
        ("91450105MA5NKRE41A", "校验码"),
        ("91450105MA5NKRE41", "18位"),
    ],
)
def test_credit_code_invalid(typed: str, words: str) -> None:
    found = [f for f in findings(form=replace(FORM, credit_code=typed)) if f.severity is Severity.BLOCK]
    assert [f.code for f in found] == ["credit_code_invalid"]
    assert words in found[0].message


def test_a_code_that_was_not_read_is_for_a_person() -> None:
    blurred = licence(credit_code=field("91450105MA5NKRE4?R", 0.3))
    assert codes({"licence": blurred}) == ["unreadable_field:business_licence.credit_code"]


# Name (R6, R9)


def test_name_mismatch() -> None:
    assert codes({"licence": licence(name=FORMER)}) == ["name_mismatch"]


@pytest.mark.parametrize(
    "typed",
    ["青檬树(南宁)体育文化有限公司", "青檬樹（南寧）體育文化有限公司", "青檬树 （南宁）体育文化有限公司"],
)
def test_spellings_of_the_same_name(typed: str) -> None:
    assert codes(form=replace(FORM, name=typed)) == []


def test_a_change_notice_explains_the_name() -> None:
    notice = document("d09", "name_change_notice", 9, name=NAME, former_name=FORMER)
    found = {"licence": licence(name=FORMER)}
    assert codes(found, extra=(notice,)) == []
    assert "name_change_explained" in infos(found, extra=(notice,))


def test_a_change_notice_of_another_firm_explains_nothing() -> None:
    notice = document(
        "d09", "name_change_notice", 9, name="南宁市绿芽劳动实践教育有限公司", former_name=FORMER
    )
    assert codes({"licence": licence(name=FORMER)}, extra=(notice,)) == ["name_mismatch"]


def test_two_changes_one_after_the_other() -> None:
    between = "南宁市大拇指教育咨询有限公司"
    notices = (
        document("d09", "name_change_notice", 9, name=NAME, former_name=between),
        document("d10", "name_change_notice", 10, name=between, former_name=FORMER),
    )
    assert codes({"licence": licence(name=FORMER)}, extra=notices) == []
    assert codes({"licence": licence(name=FORMER)}, extra=notices[:1]) == ["name_mismatch"]


def test_a_typed_former_name_is_no_proof() -> None:
    form = replace(FORM, former_names=(FORMER,))
    assert codes({"licence": licence(name=FORMER)}, form=form) == ["name_mismatch"]


def test_the_newer_licence_counts() -> None:
    old = licence(2, "d02", name=FORMER, issue_date="2016-01-01", valid_until="2021-12-31")
    new = licence(9, "d09")
    assert codes({"licence": old}, extra=(new,)) == []
    assert "superseded_document:d02" in infos({"licence": old}, extra=(new,))


def test_the_same_licence_twice_is_not_superseded() -> None:
    assert not [c for c in infos(extra=(licence(9, "d09"),)) if c.startswith("superseded")]


# Legal representative (R6, R9)


def test_legal_rep_on_the_certificate() -> None:
    assert codes({"licence": licence(legal_representative="甘子墨")}) == ["legal_rep_mismatch"]


def test_legal_rep_on_the_card() -> None:
    assert codes({"card": card(name="甘子墨", id_number=AGENT_ID)}) == ["legal_rep_mismatch"]


def test_another_number_under_the_same_name() -> None:
    assert codes({"card": card(id_number=AGENT_ID)}) == ["legal_rep_mismatch"]


def test_an_agent_with_a_letter() -> None:
    letter = document(
        "d09", "authorization_letter", 9, agent_name=AGENT, agent_id_number=AGENT_ID, valid_until="2022-12-31"
    )
    agents = {"card": card(name=AGENT, id_number=AGENT_ID)}
    assert codes(agents, extra=(letter,)) == []
    assert codes(agents, extra=(letter,), form=replace(FORM, agent_name=AGENT, agent_id=AGENT_ID)) == []


def test_an_agent_without_a_letter() -> None:
    agents = {"card": card(name=AGENT, id_number=AGENT_ID)}
    assert codes(agents) == ["legal_rep_mismatch"]
    assert codes(agents, form=replace(FORM, agent_name=AGENT)) == ["missing_document:authorization_letter"]


def test_a_letter_for_someone_else() -> None:
    letter = document(
        "d09", "authorization_letter", 9, agent_name="韦国栋", agent_id_number="452122198309280000"
    )
    agents = {"card": card(name=AGENT, id_number=AGENT_ID)}
    assert codes(agents, extra=(letter,)) == ["legal_rep_mismatch"]


def test_an_agent_named_beside_the_bosss_own_card() -> None:
    assert codes(form=replace(FORM, agent_name=AGENT)) == []


def test_an_old_letter() -> None:
    letter = document(
        "d09", "authorization_letter", 9, agent_name=AGENT, agent_id_number=AGENT_ID, valid_until="2022-06-21"
    )
    agents = {"card": card(name=AGENT, id_number=AGENT_ID)}
    assert codes(agents, extra=(letter,)) == ["authorization_expired"]


def test_both_cards_with_a_letter() -> None:
    letter = document("d09", "authorization_letter", 9, agent_name=AGENT, agent_id_number=AGENT_ID)
    agent = replace(card(10, name=AGENT, id_number=AGENT_ID), id="d10")
    assert codes(extra=(letter, agent)) == []
