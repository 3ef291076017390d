"""What checks look at: form, documents, pages and dates of one application, with a few answers ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from vetting.model import Document, Evidence, FieldValue, FileNote, Form, PageReading, VettingPolicy
from vetting.text.dates import LONG_TERM
from vetting.text.normalise import compare_key, same_name

SUBJECT_CERTIFICATES = (
    "business_licence",
    "private_nonenterprise_certificate",
    "social_organization_certificate",
)
TEACHER_CERTIFICATES = ("teacher_qualification", "skill_certificate", "sports_instructor_certificate")
HERITAGE = "heritage_inheritor_certificate"

# Below this a reading is not sure enough to hold against anyone (R11).
SURE = 0.75


@dataclass(frozen=True)
class Case:
    """One application as it is judged on ``as_of`` (R10). Pure values."""

    form: Form | None
    documents: tuple[Document, ...]
    pages: tuple[PageReading, ...]
    as_of: date
    cycle_ends: date
    inspection_years: tuple[int, ...]
    policy: VettingPolicy
    notes: tuple[FileNote, ...] = ()
    unassigned: tuple[int, ...] = ()

    def of(self, *types: str) -> list[Document]:
        """Documents of the given types, in page order."""
        return [d for d in self.documents if d.type in types]

    def readable(self, *types: str) -> list[Document]:
        """As ``of``, without those that could not be read at all."""
        return [d for d in self.of(*types) if d.readable]

    @cached_property
    def certificate(self) -> Document | None:
        """The registration certificate that counts: the newest; of equal ones the first."""
        found = self.readable(*SUBJECT_CERTIFICATES)
        if not found:
            return None
        return max(found, key=lambda d: (issued_on(d) or date.min, self._speaks_of_form(d), -d.first_page))

    @cached_property
    def superseded(self) -> list[Document]:
        """Older certificates beside the one that counts, that say something else (R7)."""
        current = self.certificate
        if current is None:
            return []
        newest = issued_on(current)
        return [
            d
            for d in self.readable(*SUBJECT_CERTIFICATES)
            if d is not current
            and newest
            and (day := issued_on(d))
            and day < newest
            and _says_else(d, current)
        ]

    def _speaks_of_form(self, document: Document) -> bool:
        name = text(document, "name")
        return bool(self.form and name and same_name(name, self.form.name))


def _says_else(one: Document, other: Document) -> bool:
    keys = (
        "name",
        "legal_representative",
        "registered_address",
        "business_scope",
        "valid_until",
        "issue_date",
    )
    return any(
        compare_key(text(one, k)) != compare_key(text(other, k))
        for k in keys
        if text(one, k) and text(other, k)
    )


def field(document: Document, name: str) -> FieldValue | None:
    """A field, or None where it was not read."""
    return document.fields.get(name)


def value(document: Document, name: str) -> Any:
    """A field's value, or None."""
    found = document.fields.get(name)
    return found.value if found else None


def text(document: Document, name: str) -> str:
    """A field's value as text, empty where it was not read."""
    found = value(document, name)
    return str(found) if found is not None else ""


def sure(found: FieldValue | None) -> bool:
    """Whether a reading is sure enough to hold against anyone (R11)."""
    return found is not None and found.confidence >= SURE


def issued_on(document: Document) -> date | None:
    """The day a certificate was issued; its first day where that was not read."""
    for name in ("issue_date", "valid_from", "established"):
        day = day_of(value(document, name))
        if day:
            return day
    return None


def day_of(iso: Any) -> date | None:
    """A date from its ISO text; None for 长期, for nothing and for what is no date."""
    if not isinstance(iso, str) or iso == LONG_TERM:
        return None
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None


def evidence(document: Document, name: str | None = None) -> Evidence:
    """Where a field stands; the document's first page where it was not read."""
    found = document.fields.get(name) if name else None
    if found is None:
        return Evidence(document.id, document.first_page, None)
    return Evidence(document.id, found.page, found.box, found.raw or _shown(found.value))


def _shown(content: Any) -> str:
    return content if isinstance(content, str) else ""


def masked(number: str) -> str:
    """An ID number as it may be shown: the first three and the last four characters (R34)."""
    return number if len(number) < 12 else number[:3] + "*" * (len(number) - 7) + number[-4:]


def first(items: Iterable[Document]) -> Document | None:
    """The first document, or None."""
    return next(iter(items), None)


def pages_of(document: Document) -> Sequence[int]:
    """The pages of a document, first to last."""
    return range(document.first_page, document.last_page + 1)
