"""Teaching of academic subjects in licence, plan, brand or courses (R1)."""

from __future__ import annotations

from collections.abc import Iterator

from vetting.checks.case import Case, evidence, field
from vetting.checks.catalogue import Draft
from vetting.model import Document, Evidence
from vetting.text.academic import offered_subjects, plain, terms_of


def academic_scope(case: Case) -> Iterator[Draft]:
    """Scope, plan, brand or courses offer academic subjects; text that excludes or denies them is fine.

    One finding for the application, with every place.
    """
    places: list[Evidence] = []
    terms: list[str] = []
    source = ""
    for document, name, found in _offers(case):
        places.append(evidence(document, name))
        terms += found
        source = source or document.type
    typed = _typed_offers(case)
    if typed:
        terms += typed
        source = source or "application_form"
    if terms:
        params = {"document": source, "terms": "、".join(dict.fromkeys(terms))}
        yield Draft("academic_scope", params, places)


def _offers(case: Case) -> Iterator[tuple[Document, str, list[str]]]:
    for plan in case.readable("service_plan"):
        academic = field(plan, "academic")
        if academic and academic.value:
            found = field(plan, "academic_terms")
            yield plan, "academic", list(found.value) if found else []
    certificate = case.certificate
    forms = [*([certificate] if certificate else []), *case.readable("application_form")]
    for document in forms:
        scope = field(document, "business_scope")
        mentions = offered_subjects(plain(str(scope.value))) if scope else []
        if mentions:
            yield document, "business_scope", terms_of(mentions)


def _typed_offers(case: Case) -> list[str]:
    if case.form is None:
        return []
    texts = [case.form.brand, case.form.business_scope, *case.form.courses]
    return [t for words in texts for t in terms_of(offered_subjects(plain(words)))]
