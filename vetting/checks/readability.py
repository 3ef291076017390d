"""Pages that no one could read, pages that belong to nothing, text that is not shown (R11)."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from vetting.checks.case import Case
from vetting.checks.catalogue import Draft
from vetting.model import Evidence, PageKind, PageReading, Severity
from vetting.text.normalise import compare_key

_AGREES = 85


def unreadable_page(case: Case) -> Iterator[Draft]:
    """A content page that could not be read."""
    for page in case.pages:
        if page.kind is PageKind.CONTENT and not page.readable:
            document = next(
                (d.id for d in case.documents if d.first_page <= page.page <= d.last_page and not d.readable),
                None,
            )
            yield Draft(
                "unreadable_page",
                {"page": str(page.page)},
                (Evidence(document, page.page, None, page.problem or ""),),
            )


def unassigned_page(case: Case) -> Iterator[Draft]:
    """A readable page that belongs to no known document."""
    for number in case.unassigned:
        yield Draft(f"unassigned_page:{number}", {"page": str(number)}, (Evidence(None, number, None),))


def hidden_text(case: Case) -> Iterator[Draft]:
    """Text in the file that a viewer does not show; an information where it says what the image says."""
    for page in case.pages:
        if page.hidden:
            severity = Severity.INFO if _agrees(page) else None
            places = tuple(
                Evidence(_document(case, page), page.page, line.box, line.text) for line in page.hidden[:5]
            )
            yield Draft("hidden_text", {"page": str(page.page)}, places, severity)


def _document(case: Case, page: PageReading) -> str | None:
    return next((d.id for d in case.documents if d.first_page <= page.page <= d.last_page), None)


def _agrees(page: PageReading) -> bool:
    shown = "".join(compare_key(line.text) for line in page.lines)
    hidden = [compare_key(line.text) for line in page.hidden if compare_key(line.text)]
    return bool(shown) and all(h in shown or fuzz.partial_ratio(h, shown) >= _AGREES for h in hidden)
