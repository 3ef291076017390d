"""Names that stand only in a seal or in handwriting: the issuing office, the signature on a commitment.

Both are read worse than print. They are therefore held against the names that the same application prints:
an office named elsewhere, the legal representative of the certificate. A name that is near enough is taken
as that one, with the raw reading kept beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from vetting.checks.case import SUBJECT_CERTIFICATES, TEACHER_CERTIFICATES, text
from vetting.documents import Found
from vetting.model import Box, Document, FieldValue, Ink, Line, Mode, PageReading, Seal
from vetting.offices import REGISTERING, place_of
from vetting.second import Region
from vetting.text.normalise import compare_key, distance, same_name
from vetting.text.rings import from_its_place

SealLines = Callable[[int, Box], Sequence[Line]]
"""Reads the ring of a seal: page and box in, one line for each way of unrolling it out."""

_OFFICE = re.compile(r"[\u4e00-\u9fff]{2,20}?(?:局|委员会|厅)(?!长)")
_BODY = re.compile(r"[\u4e00-\u9fff]{4,24}(?:局|委员会|厅|部|中心|协会|总局|院|学院|大学|公司|学会|联合会)")
_OWN_NAMED = (*SUBJECT_CERTIFICATES, "application_form", "commitment", "annual_inspection")
_LABELLED_OFFICE = re.compile(r"登记(?:管理)?机关[:]?([\u4e00-\u9fff]{4,20}?局)$")
_NEAR = 68.0
_CLEAR = 0.9
_KNOWN_FACTOR = 0.9
_PERSON = re.compile(r"[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{1,6})?$")
_SIGNATURE_LABEL = re.compile(r".*(?:签字|签名|签章|代表人?|负责人)[)）]?[:：]?")
_READ_INK = 0.7
_READ_TWICE = 0.85


def read_marks(pages: Sequence[PageReading], found: Found, region: Region, seal_lines: SealLines) -> Found:
    """Fill in the issuer of registration certificates and the signature of commitments where they are missing."""
    by_page = {p.page: p for p in pages}
    rings = _in_order(seal_lines)
    offices = list(dict.fromkeys(_offices(pages, found.documents)))
    own = [
        compare_key(text(d, "name")) for d in found.documents if d.type in _OWN_NAMED and "name" in d.fields
    ]

    def marked(document: Document) -> Document:
        if not document.readable:
            return document
        if document.type in SUBJECT_CERTIFICATES and "issuer" not in document.fields:
            return _with_issuer(document, by_page, offices, rings)
        if document.type in TEACHER_CERTIFICATES and _unsure_issuer(document, by_page):
            return _with_body(document, by_page, own, rings)
        if document.type == "commitment":
            return _with_signature(document, by_page, found.documents, region)
        return document

    return replace(found, documents=tuple(marked(d) for d in found.documents))


def _in_order(seal_lines: SealLines) -> SealLines:
    return lambda page, box: [
        replace(line, text=from_its_place(compare_key(line.text))) for line in seal_lines(page, box)
    ]


def _offices(pages: Sequence[PageReading], documents: Sequence[Document]) -> Iterator[str]:
    """Offices that the application prints, and their neighbours in the same place."""
    printed = [text(d, "issuer") for d in documents if "issuer" in d.fields]
    printed += [text(d, "supervising_body") for d in documents if "supervising_body" in d.fields]
    for page in pages:
        rows = [compare_key(line.text) for line in page.lines]
        printed += [m[1] for row in rows if (m := _LABELLED_OFFICE.search(row))]
        printed += [row for row in rows if len(row) <= 20 and _OFFICE.fullmatch(row)]
    yield from printed
    for office in printed:
        place = place_of(office)
        if place:
            yield from (place + kind for kind in REGISTERING)


def _with_issuer(
    document: Document, pages: dict[int, PageReading], offices: Sequence[str], seal_lines: SealLines
) -> Document:
    best: FieldValue | None = None
    for number in range(document.first_page, document.last_page + 1):
        for seal in pages[number].seals if number in pages else ():
            value = _issuer(document, number, seal, offices, seal_lines)
            if value and (best is None or value.confidence > best.confidence):
                best = value
    return document if best is None else replace(document, fields={**document.fields, "issuer": best})


def _issuer(
    document: Document, page: int, seal: Seal, offices: Sequence[str], seal_lines: SealLines
) -> FieldValue | None:
    """The office on a seal; the provider's own seal on the copy names the provider and is none."""
    lines = [line for line in seal_lines(page, seal.box) if line.text.strip()]
    if not lines:
        return None
    own = compare_key(text(document, "name"))
    if own and any(fuzz.ratio(own, compare_key(line.text)) >= _NEAR for line in lines):
        return None
    for line in sorted(lines, key=lambda line: -line.confidence):
        office = compare_key(line.text)
        if (
            line.confidence >= _CLEAR
            and _OFFICE.fullmatch(office)
            and (office in offices or len(offices) == 0)
        ):
            return FieldValue(office, line.confidence, page, seal.box, line.text)
    ranked = sorted(
        ((max(fuzz.ratio(o, compare_key(x.text)) for x in lines), o) for o in offices), reverse=True
    )
    raw = max(lines, key=lambda line: line.confidence)
    if ranked and ranked[0][0] >= _NEAR:
        return FieldValue(ranked[0][1], _KNOWN_FACTOR * ranked[0][0] / 100, page, seal.box, raw.text)
    office = compare_key(raw.text)
    return (
        FieldValue(office, raw.confidence * 0.8, page, seal.box, raw.text)
        if _OFFICE.fullmatch(office)
        else None
    )


def _unsure_issuer(document: Document, pages: dict[int, PageReading]) -> bool:
    page = pages.get(document.first_page)
    issuer = document.fields.get("issuer")
    scanned = page is not None and page.mode is Mode.SCANNED
    return scanned and (issuer is None or issuer.confidence < _CLEAR)


def _with_body(
    document: Document, pages: dict[int, PageReading], own: Sequence[str], seal_lines: SealLines
) -> Document:
    """The examining body from its seal, where the print under the seal was not read for sure."""
    printed = document.fields.get("issuer")
    for seal in pages[document.first_page].seals:
        names = Counter(compare_key(line.text) for line in seal_lines(document.first_page, seal.box))
        name, times = names.most_common(1)[0] if names else ("", 0)
        if times < 2 or not _BODY.fullmatch(name) or any(fuzz.ratio(name, o) >= _NEAR for o in own):
            continue
        value = FieldValue(name, _READ_TWICE, document.first_page, seal.box, name)
        if printed is None or _reads_better(name, compare_key(str(printed.value))):
            return replace(document, fields={**document.fields, "issuer": value})
    return document


def _reads_better(ring: str, printed: str) -> bool:
    """The same name, read as long from the ring as from the print: the ring has no seal over it."""
    return len(ring) >= len(printed) and fuzz.ratio(ring, printed) >= _NEAR


def _with_signature(
    document: Document, pages: dict[int, PageReading], documents: Sequence[Document], region: Region
) -> Document:
    known = [text(d, "legal_representative") for d in documents if d is not document]
    known += [text(d, "name") for d in documents if d.type == "resident_id"]
    known = [name for name in dict.fromkeys(known) if name]
    current = document.fields.get("legal_representative")
    if current is not None and any(same_name(str(current.value), name) for name in known):
        return document
    readings = [current] if current else []
    for number in range(document.first_page, document.last_page + 1):
        for ink in pages[number].inks if number in pages else ():
            readings += list(_signatures(number, ink, region))
    value = _nearest(readings, known)
    return (
        document
        if value is None
        else replace(document, fields={**document.fields, "legal_representative": value})
    )


def _signatures(page: int, ink: Ink, region: Region) -> Iterator[FieldValue]:
    x0, y0, x1, y1 = ink.box
    pad = 0.25 * (y1 - y0)
    box = (max(0.0, x0 - pad), max(0.0, y0 - pad), min(1.0, x1 + pad), min(1.0, y1 + pad))
    for drop_red in (True, False):
        for line in region(page, box, 2.0, drop_red, None):
            name = _PERSON.search(_SIGNATURE_LABEL.sub("", compare_key(line.text)))
            if name:
                yield FieldValue(name.group(), line.confidence * _READ_INK, page, ink.box, line.text)


def _nearest(readings: Sequence[FieldValue], known: Sequence[str]) -> FieldValue | None:
    """The known name that a reading is, or is all but one character of; else what was read."""
    for most in (0, 1):
        for reading in readings:
            for name in known:
                if distance(str(reading.value), name) <= most and len(name) - most >= 2 - most:
                    return replace(reading, value=name, raw=reading.raw or str(reading.value))
    return max(readings, key=lambda r: r.confidence, default=None)
