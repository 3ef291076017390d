"""The legal representative: as typed, on the certificate, and on the identity card handed in (R6, R9)."""

from __future__ import annotations

from collections.abc import Iterator

from vetting.checks.case import Case, day_of, evidence, field, masked, sure, text
from vetting.checks.catalogue import Draft
from vetting.model import Document, Severity
from vetting.text.codes import is_resident_id
from vetting.text.normalise import compare_key, same_name


def legal_representative(case: Case) -> Iterator[Draft]:
    """The certificate or the card names someone else; an agent's card needs a power of attorney."""
    yield from _certificate(case)
    yield from _cards(case)


def _typed(case: Case) -> str:
    return case.form.legal_representative.strip() if case.form else ""


def _unread(document: Document, name: str) -> Draft:
    """For a person (R11); where the check itself would only warn, a step below it."""
    return Draft(
        f"unreadable_field:{document.type}.{name}",
        {"document": document.type, "field": name, "printed": text(document, name)},
        (evidence(document, name),),
        Severity.INFO if name in ("id_number", "valid_until") else None,
    )


def _certificate(case: Case) -> Iterator[Draft]:
    certificate, typed = case.certificate, _typed(case)
    if certificate is None or not typed:
        return
    printed = field(certificate, "legal_representative")
    if printed is None:
        yield _unread(certificate, "legal_representative")
    elif not same_name(typed, str(printed.value)):
        if sure(printed):
            yield _mismatch(typed, str(printed.value), certificate, "legal_representative")
        else:
            yield _unread(certificate, "legal_representative")


def _mismatch(typed: str, printed: str, document: Document, name: str) -> Draft:
    params = {"typed": typed, "printed": printed, "document": document.type}
    return Draft("legal_rep_mismatch", params, (evidence(document, name),))


def _cards(case: Case) -> Iterator[Draft]:
    cards = case.readable("resident_id")
    certificate = case.certificate
    expected = _typed(case) or (text(certificate, "legal_representative") if certificate else "")
    if not cards or not expected:
        return
    own = [c for c in cards if _is_card_of(case, c, expected)]
    if own:
        yield from _number(case, own)
        return
    letters = case.readable("authorization_letter")
    for card in cards:
        if any(is_agent(letter, card) for letter in letters):
            return
    unsure = [c for c in cards if not sure(field(c, "name"))]
    if unsure:
        yield _unread(unsure[0], "name")
    elif not letters and case.form is not None and case.form.agent_name.strip():
        params = {"document": "authorization_letter", "hint": ""}
        yield Draft(
            "missing_document:authorization_letter", params, tuple(evidence(c, "name") for c in cards)
        )
    else:
        yield _mismatch(expected, text(cards[0], "name"), cards[0], "name")


def _is_card_of(case: Case, card: Document, name: str) -> bool:
    """By the name; by the number where the name was not read for sure."""
    if same_name(text(card, "name"), name):
        return True
    typed = compare_key(case.form.legal_representative_id).upper() if case.form else ""
    return bool(typed) and not sure(field(card, "name")) and text(card, "id_number").upper() == typed


def _number(case: Case, own: list[Document]) -> Iterator[Draft]:
    """The typed number differs from the card's: another person of the same name, or a slip."""
    typed = compare_key(case.form.legal_representative_id).upper() if case.form else ""
    if not typed:
        return
    read = [c for c in own if field(c, "id_number") is not None]
    if any(text(c, "id_number").upper() == typed for c in read):
        return
    for card in read:
        number = text(card, "id_number").upper()
        if sure(field(card, "id_number")) and is_resident_id(number):
            yield _mismatch(masked(typed), masked(number), card, "id_number")
            return
    yield _unread(own[0], "id_number")


def is_agent(letter: Document, card: Document) -> bool:
    """Whether a power of attorney is for the person on a card: by number, else by name."""
    number = text(letter, "agent_id_number").upper()
    if number and number == text(card, "id_number").upper():
        return True
    return same_name(text(letter, "agent_name"), text(card, "name"))


def legal_rep_id_expired(case: Case) -> Iterator[Draft]:
    """An identity card handed in ended before ``as_of`` (R10)."""
    for card in case.readable("resident_id"):
        until = field(card, "valid_until")
        if until is None:
            yield _unread(card, "valid_until")
            continue
        day = day_of(until.value)
        if day and day < case.as_of:
            if sure(until):
                params = {
                    "valid_until": day.isoformat(),
                    "as_of": case.as_of.isoformat(),
                    "document": card.type,
                }
                yield Draft("legal_rep_id_expired", params, (evidence(card, "valid_until"),))
            else:
                yield _unread(card, "valid_until")


def authorization_expired(case: Case) -> Iterator[Draft]:
    """A power of attorney ended before ``as_of`` (R10)."""
    for letter in case.readable("authorization_letter"):
        day = day_of(letter.fields["valid_until"].value) if "valid_until" in letter.fields else None
        if day and day < case.as_of and sure(field(letter, "valid_until")):
            params = {"valid_until": day.isoformat(), "as_of": case.as_of.isoformat()}
            yield Draft("authorization_expired", params, (evidence(letter, "valid_until"),))
