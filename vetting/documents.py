"""From page readings to documents with fields, and from both to findings. Pure: no files, no engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vetting.checks.case import Case, text
from vetting.checks.legal_representative import is_agent
from vetting.checks.run import run_checks
from vetting.fields.extract import extract
from vetting.fields.view import DocumentView
from vetting.model import Document, FieldValue, FileNote, Finding, Form, PageReading, Submission
from vetting.splitting.split import Bundle, split
from vetting.text.layout import Sheet
from vetting.text.normalise import compare_key, same_name


@dataclass(frozen=True, slots=True)
class Found:
    """Documents of an application in page order, and the pages that belong to none.

    ``bundles`` are the parts of pages that each document was read from, in the same order.
    """

    documents: tuple[Document, ...]
    unassigned: tuple[int, ...]
    bundles: tuple[Bundle, ...] = ()


def find_documents(pages: Sequence[PageReading], form: Form | None = None) -> Found:
    """Split pages into documents and read their fields.

    ``form`` only decides whose identity card is whose; no value is taken from it.
    """
    parts = split(pages)
    readings = {p.page: p for p in pages}
    documents = [_document(f"d{n:02d}", bundle, readings) for n, bundle in enumerate(parts.bundles, start=1)]
    return Found(tuple(_with_roles(documents, form)), parts.unassigned, parts.bundles)


def read_again(found: Found, index: int, pages: Mapping[int, PageReading]) -> Document:
    """One document read anew where its pages have other lines; its place on them stays."""
    document, bundle = found.documents[index], found.bundles[index]
    sheets = [Sheet.of(pages[part.page]).within(part.box) for part in bundle.parts]
    fields = extract(document.type, DocumentView(sheets, pages, bundle.regions))
    if "role" in document.fields:
        fields["role"] = document.fields["role"]
    return replace(document, fields=fields)


def with_roles(found: Found, form: Form | None) -> Found:
    """The same documents with each identity card's role judged again."""
    return replace(found, documents=tuple(_with_roles(list(found.documents), form)))


def _document(id_: str, bundle: Bundle, readings: Mapping[int, PageReading]) -> Document:
    fields: Mapping[str, FieldValue] = {}
    if bundle.readable:
        fields = extract(bundle.kind.type, DocumentView(bundle.sheets, readings, bundle.regions))
    return Document(
        id=id_,
        type=bundle.kind.type,
        file=bundle.file,
        first_page=bundle.first_page,
        last_page=bundle.last_page,
        fields=fields,
        confidence=round(bundle.confidence, 3),
        readable=bundle.readable,
    )


def _with_roles(documents: list[Document], form: Form | None) -> Iterable[Document]:
    """Identity cards with ``role``: the legal representative's, else an authorised agent's where a letter says so."""
    letters = [d for d in documents if d.type == "authorization_letter"]
    certificates = [
        d for d in documents if "legal_representative" in d.fields and d.type != "authorization_letter"
    ]
    names = [form.legal_representative] if form and form.legal_representative else []
    names += [text(c, "legal_representative") for c in certificates]
    for document in documents:
        if document.type == "resident_id" and document.readable and document.fields:
            role = _role(document, names, form, letters)
            place = document.fields.get("name") or next(iter(document.fields.values()))
            value = FieldValue(role, place.confidence, place.page, place.box)
            yield replace(document, fields={**document.fields, "role": value})
        else:
            yield document


def _role(card: Document, names: list[str], form: Form | None, letters: list[Document]) -> str:
    name, number = text(card, "name"), text(card, "id_number").upper()
    if any(same_name(name, n) for n in names[:1]):
        return "legal_representative"
    named_agent = form is not None and (
        (bool(form.agent_name) and same_name(form.agent_name, name))
        or (bool(form.agent_id) and compare_key(form.agent_id).upper() == number)
    )
    if named_agent or any(is_agent(letter, card) for letter in letters):
        return "authorized_agent"
    return "legal_representative"


def judge(
    submission: Submission, pages: Sequence[PageReading], found: Found, notes: Sequence[FileNote]
) -> tuple[Finding, ...]:
    """All findings on documents already read (R9); repeatable without any file."""
    case = Case(
        form=submission.form,
        documents=found.documents,
        pages=tuple(pages),
        as_of=submission.as_of,
        cycle_ends=submission.cycle_ends,
        inspection_years=submission.inspection_years,
        policy=submission.policy,
        notes=tuple(notes),
        unassigned=found.unassigned,
    )
    return run_checks(case)
