"""The unified social credit code: valid in itself, and the same as on the certificate (R4, R9)."""

from __future__ import annotations

from collections.abc import Iterator

from vetting.checks.case import Case, evidence, field, sure
from vetting.checks.catalogue import Draft
from vetting.model import Evidence
from vetting.text.codes import is_credit_code
from vetting.text.normalise import compare_key

_NEVER_USED = frozenset("IOSVZ")
_LENGTH = 18


def credit_code(case: Case) -> Iterator[Draft]:
    """A typed code that is no code, or another one than the certificate's. What was typed is never corrected."""
    if case.form is None or not case.form.credit_code.strip():
        return
    typed = compare_key(case.form.credit_code).upper()
    certificate = case.certificate
    printed = field(certificate, "credit_code") if certificate else None
    if not is_credit_code(typed):
        places = (evidence(certificate, "credit_code"),) if certificate and printed else ()
        yield Draft("credit_code_invalid", {"typed": typed, "reason": _reason(typed)}, places)
        return
    if certificate is None:
        return
    if printed is None:
        yield _unread(certificate.type, "", (evidence(certificate),))
        return
    shown = compare_key(str(printed.value)).upper()
    if shown == typed:
        return
    if sure(printed) and is_credit_code(shown):
        yield Draft(
            "credit_code_mismatch",
            {"typed": typed, "printed": shown, "document": certificate.type},
            (evidence(certificate, "credit_code"),),
        )
    else:
        yield _unread(certificate.type, shown, (evidence(certificate, "credit_code"),))


def _unread(type_: str, printed: str, places: tuple[Evidence, ...]) -> Draft:
    return Draft(
        f"unreadable_field:{type_}.credit_code",
        {"document": type_, "field": "credit_code", "printed": printed},
        places,
    )


def _reason(typed: str) -> str:
    if _NEVER_USED & set(typed):
        return "letter"
    return "length" if len(typed) != _LENGTH else "check_character"
