"""Second readings: where a decisive field is missing, unsure, or does not agree with the form (R11).

A first reading that contradicts the form is looked at again, from other pictures of the same place. The
page is asked, never the form: what was typed only says where to look. Readings vote. Where they agree the
field is sure; where they do not, it stays unsure and becomes a finding for a person.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vetting.checks.case import HERITAGE, SUBJECT_CERTIFICATES, SURE, TEACHER_CERTIFICATES, text
from vetting.documents import Found, read_again, with_roles
from vetting.model import WHOLE_PAGE, Box, Document, FieldValue, Form, Line, Mode, PageReading
from vetting.text.codes import (
    CREDIT_ALPHABET,
    is_credit_code,
    is_resident_id,
    read_credit_code,
    read_resident_id,
)
from vetting.text.normalise import compare_key, same_name

Region = Callable[[int, Box, float, bool, str | None], Sequence[Line]]
"""Reads a part of a page again: page, box, scale, without red ink or not, characters allowed or None for all."""

_MOST_FIELDS = 30
_TRIES: tuple[tuple[float, bool], ...] = ((2.0, True), (2.0, False), (3.0, True))
_UNDER_SEALS: tuple[tuple[float, bool], ...] = ((2.0, True), (3.0, False))
_WORTH_A_PAGE = frozenset({
    "credit_code",
    "name",
    "former_name",
    "legal_representative",
    "valid_until",
    "agent_name",
    "level",
    "years",
})  # fmt: skip
_UNSURE = 0.8
_SHARED = 0.95
_WORTH_A_VOTE = 0.5
_ID_ALPHABET = "0123456789X"
_ID_NUMBERS = ("id_number", "agent_id_number", "legal_representative_id")
_CERTIFICATE = (
    "credit_code",
    "name",
    "legal_representative",
    "valid_until",
    "valid_from",
    "issue_date",
    "registered_address",
    "registered_capital",
)
_DECISIVE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(SUBJECT_CERTIFICATES, _CERTIFICATE),
    "resident_id": ("name", "id_number", "valid_until", "address"),
    "teacher_qualification": ("name", "id_number", "certificate_number", "issue_date", "qualification"),
    "skill_certificate": ("name", "id_number", "certificate_number", "valid_until", "issue_date", "occupation", "level"),
    "sports_instructor_certificate": ("name", "id_number", "certificate_number", "level", "issue_date"),
    HERITAGE: ("name", "id_number"),
    "name_change_notice": ("name", "former_name"),
    "authorization_letter": ("agent_name", "agent_id_number"),
    "annual_inspection": ("years", "credit_code", "issue_date"),
    "commitment": ("credit_code", "issue_date"),
    "application_form": ("credit_code", "legal_representative_id", "issue_date"),
}  # fmt: skip


def look_again(
    pages: Sequence[PageReading], found: Found, form: Form | None, region: Region, years: Sequence[int] = ()
) -> Found:
    """Read the doubtful places again; give the documents with what became surer, and what did not."""
    state = _State({p.page: p for p in pages}, list(found.documents), found, form, tuple(years), region)
    for index, name in itertools.islice(state.doubts(), _MOST_FIELDS):
        state.settle(index, name)
    return with_roles(replace(found, documents=tuple(state.documents)), form)


@dataclass(slots=True)
class _State:
    """Pages as first read, documents with their best fields so far."""

    pages: Mapping[int, PageReading]
    documents: list[Document]
    found: Found
    form: Form | None
    years: tuple[int, ...]
    region: Region

    def doubts(self) -> Iterator[tuple[int, str]]:
        """Documents and fields that need another look, one after the other as they are settled."""
        for index in range(len(self.documents)):
            for name in _DECISIVE.get(self.documents[index].type, ()):
                if self._doubtful(index, name):
                    yield index, name

    def _doubtful(self, index: int, name: str) -> bool:
        document = self.documents[index]
        found = document.fields.get(name)
        page = self.pages.get(found.page if found else document.first_page)
        if not document.readable or page is None or page.mode is not Mode.SCANNED:
            return False
        return found is None or doubtful(document, name, found, self.form, self.years)

    def settle(self, index: int, name: str) -> None:
        """Read a place up to three times more and let the readings vote."""
        document = self.documents[index]
        first = document.fields.get(name)
        answers = [first] if first else []
        extra: dict[str, FieldValue] = {}
        for answer, others in self._answers(index, name, first):
            extra = {**others, **extra}
            if answer is not None:
                answers.append(answer)
            if _agreed(answers) or (first is None and answer is not None and answer.confidence >= _UNSURE):
                break
        if not answers:
            return
        fields = {**{k: v for k, v in extra.items() if k not in document.fields}, **document.fields}
        fields[name] = _elected(name, answers)
        self.documents[index] = replace(document, fields=fields)

    def _answers(
        self, index: int, name: str, first: FieldValue | None
    ) -> Iterator[tuple[FieldValue | None, Mapping[str, FieldValue]]]:
        """Further readings of a field, each with the other fields that came to light with it."""
        number = first.page if first else self.documents[index].first_page
        placed = first is not None and _small(first.box)
        if placed and first is not None and (name == "credit_code" or name in _ID_NUMBERS):
            yield from self._codes(name, first)
        for page, box, scale, drop_red in self._places(index, name, number, first if placed else None):
            trial = _with_lines(self.pages[page], box, self.region(page, box, scale, drop_red, None))
            again = read_again(self.found, index, {**self.pages, page: trial})
            yield again.fields.get(name), again.fields

    def _places(
        self, index: int, name: str, number: int, placed: FieldValue | None
    ) -> Iterator[tuple[int, Box, float, bool]]:
        """Where and how to look: around the value; where there is none, under the seals, then everywhere.

        A whole page read again costs as much as the first time: once, and only for what findings hang on.
        """
        if placed is not None:
            yield from ((number, _around(placed.box), scale, drop_red) for scale, drop_red in _TRIES)
            return
        bundle = self.found.bundles[index]
        for page in dict.fromkeys(bundle.pages):
            for seal in self.pages[page].seals:
                if _inside_box(seal.box, bundle.regions.get(page, WHOLE_PAGE)):
                    yield from (
                        (page, _beside(seal.box), scale, drop_red) for scale, drop_red in _UNDER_SEALS
                    )
        if name in _WORTH_A_PAGE:
            yield (number, bundle.regions.get(number, WHOLE_PAGE), *_TRIES[0])

    def _codes(
        self, name: str, first: FieldValue
    ) -> Iterator[tuple[FieldValue | None, Mapping[str, FieldValue]]]:
        """A code read alone, where nothing but the characters of codes can be answered."""
        alphabet = CREDIT_ALPHABET if name == "credit_code" else _ID_ALPHABET
        read = read_credit_code if name == "credit_code" else read_resident_id
        for drop_red in (False, True):
            lines = self.region(first.page, _tight(first.box), 2.0, drop_red, alphabet)
            raw = re.sub(r"[^0-9A-Z]", "", "".join(line.text for line in lines).upper())
            code = read(raw[-18:])
            if code.valid:
                sure = min((line.confidence for line in lines), default=0.0)
                value = replace(
                    first, value=code.value, raw=raw, confidence=sure, corrected_from=code.corrected_from
                )
                yield value, {}


def doubtful(
    document: Document, name: str, found: FieldValue, form: Form | None, years: Sequence[int]
) -> bool:
    """Whether a reading of a scan needs another look: unsure, impossible, or not what was typed."""
    value = str(found.value)
    if found.confidence < _UNSURE:
        return True
    if name == "years":
        return any(str(year) not in found.value for year in years)
    if name == "credit_code" and not is_credit_code(value):
        return True
    if name in _ID_NUMBERS and not is_resident_id(value):
        return True
    return form is not None and _contradicts(document, name, value, form)


def _contradicts(document: Document, name: str, value: str, form: Form) -> bool:
    if document.type in SUBJECT_CERTIFICATES:
        typed = {
            "name": form.name,
            "credit_code": form.credit_code,
            "legal_representative": form.legal_representative,
        }
        return _differs(typed.get(name, ""), value)
    if document.type == "resident_id":
        typed = {"name": form.legal_representative, "id_number": form.legal_representative_id}
        return _differs(typed.get(name, ""), value)
    if document.type in (*TEACHER_CERTIFICATES, HERITAGE) and name == "name":
        return bool(form.teachers) and not any(same_name(t.name, value) for t in form.teachers)
    if document.type in TEACHER_CERTIFICATES and name == "id_number":
        owner = next((t for t in form.teachers if same_name(t.name, text(document, "name"))), None)
        return owner is not None and _differs(owner.id_number, value)
    return False


def _differs(typed: str, value: str) -> bool:
    return bool(typed) and compare_key(typed) != compare_key(value)


def _agreed(answers: Sequence[FieldValue]) -> bool:
    return len(answers) >= 3 and len({_key(a) for a in answers}) == 1


def _key(answer: FieldValue) -> str:
    return compare_key(str(answer.value))


def _elected(name: str, answers: Sequence[FieldValue]) -> FieldValue:
    """The value that most readings, weighed by how sure they are, share; sure only if most do."""
    everyone = answers
    answers = [a for a in answers if a.confidence >= _WORTH_A_VOTE] or answers
    groups: dict[str, list[FieldValue]] = {}
    for answer in answers:
        groups.setdefault(_key(answer), []).append(answer)
    if name == "years":  # a row that one reading lost is no dispute
        return max(answers, key=lambda a: (len(a.value), a.confidence))
    winners = max(groups.values(), key=lambda g: (sum(a.confidence for a in g), max(a.confidence for a in g)))
    best = max(winners, key=lambda a: a.confidence)
    share = len(winners) / len(answers)
    agreed = sum(1 for a in everyone if _key(a) == _key(best))
    if agreed >= 3 and agreed > 0.5 * len(everyone):
        return replace(best, confidence=max(best.confidence, _SHARED))
    if share > 0.5:
        return best
    return replace(best, confidence=min(best.confidence, SURE - 0.05))


def _small(box: Box) -> bool:
    return (box[2] - box[0]) < 0.95 and (box[3] - box[1]) < 0.5


def _around(box: Box) -> Box:
    """The row of a value with room to its sides: a reading may have lost its ends."""
    height = max(0.012, box[3] - box[1])
    return (
        max(0.0, box[0] - 0.25),
        max(0.0, box[1] - 0.6 * height),
        min(1.0, box[2] + 0.25),
        min(1.0, box[3] + 0.6 * height),
    )


def _tight(box: Box) -> Box:
    height = max(0.008, box[3] - box[1])
    return (
        max(0.0, box[0] - 0.3 * height),
        max(0.0, box[1] - 0.2 * height),
        min(1.0, box[2] + 0.3 * height),
        min(1.0, box[3] + 0.2 * height),
    )


def _with_lines(page: PageReading, box: Box, lines: Sequence[Line]) -> PageReading:
    """The page with the lines in ``box`` replaced by a new reading of the same place."""
    kept = [line for line in page.lines if not _inside(line, box)]
    fresh = [_levelled(line, page) for line in lines if line.text.strip() and not _repeats(line, kept)]
    return replace(
        page, lines=tuple(sorted([*kept, *fresh], key=lambda line: (line.layout[1], line.layout[0])))
    )


def _inside(line: Line, box: Box) -> bool:
    return _inside_box(line.box, box)


def _inside_box(inner: Box, box: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _beside(seal: Box) -> Box:
    """A seal with the rows that it lies on."""
    return (
        max(0.0, seal[0] - 0.3),
        max(0.0, seal[1] - 0.02),
        min(1.0, seal[2] + 0.2),
        min(1.0, seal[3] + 0.02),
    )


def _levelled(line: Line, page: PageReading) -> Line:
    """A new line moved to the straight sheet as the nearest old line was."""
    if line.level is not None or not page.lines:
        return line
    y = (line.box[1] + line.box[3]) / 2
    near = min(
        page.lines,
        key=lambda old: abs((old.box[1] + old.box[3]) / 2 - y) + 0.5 * abs(old.box[0] - line.box[0]),
    )
    dx = (near.layout[0] + near.layout[2] - near.box[0] - near.box[2]) / 2
    dy = (near.layout[1] + near.layout[3] - near.box[1] - near.box[3]) / 2
    x0, y0, x1, y1 = line.box
    return replace(line, level=(x0 + dx, y0 + dy, x1 + dx, y1 + dy))


def _repeats(line: Line, kept: Sequence[Line]) -> bool:
    """Whether a line at the edge of the box is already on the page."""
    own = (line.box[2] - line.box[0]) * (line.box[3] - line.box[1])
    for other in kept:
        width = min(line.box[2], other.box[2]) - max(line.box[0], other.box[0])
        height = min(line.box[3], other.box[3]) - max(line.box[1], other.box[1])
        if width > 0 and height > 0 and width * height > 0.3 * own:
            return True
    return False
