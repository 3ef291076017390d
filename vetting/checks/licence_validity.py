"""Whether the registration certificate is in force on the day that counts (R2, R10)."""

from __future__ import annotations

from collections.abc import Iterator

from vetting.checks.case import Case, day_of, evidence, field, sure, text
from vetting.checks.catalogue import Draft


def licence_expired(case: Case) -> Iterator[Draft]:
    """The newest registration certificate ended before ``as_of``; its last day still counts."""
    certificate = case.certificate
    if certificate is None:
        return
    until = field(certificate, "valid_until")
    if until is None:
        if certificate.type != "business_licence" or _prints_term(certificate.fields):
            yield Draft(
                f"unreadable_field:{certificate.type}.valid_until",
                {"document": certificate.type, "field": "valid_until", "printed": ""},
                (evidence(certificate),),
            )
        return
    day = day_of(until.value)
    if day is None or day >= case.as_of:
        return
    if not sure(until):
        yield Draft(
            f"unreadable_field:{certificate.type}.valid_until",
            {
                "document": certificate.type,
                "field": "valid_until",
                "printed": text(certificate, "valid_until"),
            },
            (evidence(certificate, "valid_until"),),
        )
        return
    yield Draft(
        "licence_expired",
        {"document": certificate.type, "valid_until": day.isoformat(), "as_of": case.as_of.isoformat()},
        (evidence(certificate, "valid_until"),),
    )


def _prints_term(fields: object) -> bool:
    """A licence of the newest kind prints no term; one that was read in part does."""
    return isinstance(fields, dict) and "valid_from" in fields
