"""What is in force now but lapses before the cycle ends (R10)."""

from __future__ import annotations

from collections.abc import Iterator

from vetting.checks.case import TEACHER_CERTIFICATES, Case, day_of, evidence, value
from vetting.checks.catalogue import Draft
from vetting.model import Document


def lapses_before_cycle_end(case: Case) -> Iterator[Draft]:
    """An information with the day, for the certificate that counts, cards and teachers' certificates."""
    documents: list[Document] = [case.certificate] if case.certificate else []
    documents += case.readable("resident_id", "school_licence", *TEACHER_CERTIFICATES)
    for document in documents:
        day = day_of(value(document, "valid_until"))
        if day and case.as_of <= day < case.cycle_ends:
            params = {
                "document": document.type,
                "valid_until": day.isoformat(),
                "cycle_ends": case.cycle_ends.isoformat(),
            }
            yield Draft("lapses_before_cycle_end", params, (evidence(document, "valid_until"),))
