"""Annual inspections: each year that the round names was passed (R2)."""

from __future__ import annotations

from collections.abc import Iterator

from vetting.checks.case import Case, evidence, field, sure
from vetting.checks.catalogue import Draft
from vetting.model import Document

_TYPE = "annual_inspection"


def annual_inspection(case: Case) -> Iterator[Draft]:
    """A year that is not on the inspection pages, or did not end with a pass; 基本合格 is none."""
    documents = case.of(_TYPE)
    if not documents:
        return
    readable = [d for d in documents if d.readable]
    years: dict[str, tuple[str, str, Document]] = {}
    for document in readable:
        found = field(document, "years")
        printed = field(document, "years_printed")
        for year, result in (found.value if found else {}).items():
            words = printed.value.get(year, "") if printed else ""
            years.setdefault(year, (result, words, document))
    if readable and not years:
        params = {"document": _TYPE, "field": "years", "printed": ""}
        yield Draft(f"unreadable_field:{_TYPE}.years", params, tuple(evidence(d, "years") for d in readable))
        return
    for year in case.inspection_years:
        yield from _year(str(year), years, documents)


def _year(
    year: str, years: dict[str, tuple[str, str, Document]], documents: list[Document]
) -> Iterator[Draft]:
    if year not in years:
        if all(d.readable for d in documents):
            places = tuple(evidence(d, "years") for d in documents)
            yield Draft(f"annual_inspection_missing:{year}", {"year": year}, places)
        return
    result, words, document = years[year]
    if result == "passed":
        return
    kind = "annual_inspection_conditional" if result == "conditional" else "annual_inspection_failed"
    if sure(field(document, "years")):
        yield Draft(f"{kind}:{year}", {"year": year, "printed": words}, (evidence(document, "years"),))
    else:
        params = {"document": _TYPE, "field": "years", "printed": words}
        yield Draft(f"unreadable_field:{_TYPE}.years", params, (evidence(document, "years"),))
