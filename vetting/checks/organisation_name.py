"""The provider's name: as typed and as on the certificate, with change notices understood (R6, R9)."""

from __future__ import annotations

from collections.abc import Iterator

from vetting.checks.case import Case, evidence, field, sure, text
from vetting.checks.catalogue import Draft
from vetting.model import Document
from vetting.text.normalise import compare_key


def name_mismatch(case: Case) -> Iterator[Draft]:
    """The typed name differs from the certificate's, and no change notice leads from one to the other."""
    certificate = case.certificate
    if case.form is None or not case.form.name.strip() or certificate is None:
        return
    printed = field(certificate, "name")
    if printed is None:
        yield Draft(
            f"unreadable_field:{certificate.type}.name",
            {"document": certificate.type, "field": "name", "printed": ""},
            (evidence(certificate),),
        )
        return
    typed, shown = case.form.name, str(printed.value)
    if compare_key(typed) == compare_key(shown):
        return
    params = {"typed": typed, "printed": shown, "document": certificate.type}
    notices = _chain(case, shown, typed)
    if notices:
        places = (evidence(certificate, "name"), *(evidence(n, "former_name") for n in notices))
        yield Draft("name_change_explained", params, places)
    elif sure(printed):
        yield Draft("name_mismatch", params, (evidence(certificate, "name"),))
    else:
        yield Draft(
            f"unreadable_field:{certificate.type}.name",
            {"document": certificate.type, "field": "name", "printed": shown},
            (evidence(certificate, "name"),),
        )


def _chain(case: Case, former: str, now: str) -> list[Document]:
    """The change notices that lead from one name to another, one after the other; empty where none do."""
    notices = case.readable("name_change_notice")
    steps = [(compare_key(text(n, "former_name")), compare_key(text(n, "name")), n) for n in notices]
    goal = compare_key(now)
    paths: list[tuple[str, list[Document]]] = [(compare_key(former), [])]
    while paths:
        at, used = paths.pop(0)
        if at == goal and used:
            return used
        paths += [(to, [*used, n]) for start, to, n in steps if start == at and to and n not in used]
    return []
