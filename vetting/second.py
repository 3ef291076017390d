"""Second readings: where a decisive field is missing, unsure, or does not agree with the form (R11).

A first reading that contradicts the form is looked at again, from other pictures of the same place. The
page is asked, never the form: what was typed only says where to look. Where the readings agree the
field is sure; where they do not, it stays unsure and becomes a finding for a person.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vetting.checks.case import SUBJECT_CERTIFICATES, SURE, TEACHER_CERTIFICATES, text
from vetting.documents import Found, read_again, with_roles
from vetting.model import WHOLE_PAGE, Box, Document, FieldValue, Form, Line, Mode, PageReading
from vetting.text.codes import is_credit_code, is_resident_id
from vetting.text.normalise import compare_key, same_name

Region = Callable[[int, Box, float, bool, str | None], Sequence[Line]]
"""Reads a part of a page again: page, box, scale, without red ink or not, characters allowed or None for all."""

_MOST_REGIONS = 24
_TRIES: tuple[tuple[float, bool], ...] = ((2.0, True), (2.0, False), (3.0, True))
_UNSURE = 0.8
_PLAUSIBLE = 0.5
_DECISIVE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        SUBJECT_CERTIFICATES,
        (
            "credit_code",
            "name",
            "legal_representative",
            "valid_until",
            "valid_from",
            "issue_date",
            "registered_address",
            "registered_capital",
        ),
    ),
    "resident_id": ("name", "id_number", "valid_until"),
    **dict.fromkeys(TEACHER_CERTIFICATES, ("name", "id_number", "certificate_number", "issue_date")),
    "skill_certificate": (
        "name",
        "id_number",
        "certificate_number",
        "valid_until",
        "issue_date",
        "occupation",
        "level",
    ),
    "sports_instructor_certificate": ("name", "id_number", "certificate_number", "level", "issue_date"),
    "heritage_inheritor_certificate": ("name", "id_number"),
    "name_change_notice": ("name", "former_name"),
    "authorization_letter": ("agent_name", "agent_id_number"),
    "annual_inspection": ("years", "credit_code", "issue_date"),
    "commitment": ("credit_code", "issue_date", "legal_representative"),
    "application_form": ("credit_code", "legal_representative_id", "issue_date"),
}


def look_again(
    pages: Sequence[PageReading], found: Found, form: Form | None, region: Region, years: Sequence[int] = ()
) -> tuple[tuple[PageReading, ...], Found]:
    """Read the doubtful places again and take over what became surer.

    Gives the pages with the better lines in place, and the documents read from them.
    """
    state = _State({p.page: p for p in pages}, list(found.documents), found, form, tuple(years), region)
    for index, name in itertools.islice(_doubts(state), _MOST_REGIONS):
        state.settle(index, name)
    settled = replace(found, documents=tuple(state.documents))
    return tuple(state.pages[p.page] for p in pages), with_roles(settled, form)


@dataclass(slots=True)
class _State:
    """What is known so far: pages with their best lines, documents with their best fields."""

    pages: dict[int, PageReading]
    documents: list[Document]
    found: Found
    form: Form | None
    years: tuple[int, ...]
    region: Region

    def doubtful(self, index: int, name: str) -> bool:
        """Whether a field of a scanned page needs another look."""
        document = self.documents[index]
        page = self.pages.get(document.first_page)
        found = document.fields.get(name)
        at = self.pages.get(found.page, page) if found else page
        if not document.readable or at is None or at.mode is not Mode.SCANNED:
            return False
        return _doubtful(document, name, found, self.form, self.years)

    def settle(self, index: int, name: str) -> None:
        """Read a place up to three times more; keep the better answer, weigh it by how many agree."""
        if not self.doubtful(index, name):
            return
        first = self.documents[index].fields.get(name)
        number = first.page if first else self.documents[index].first_page
        box = self._place(index, first, number)
        answers = [first] if first else []
        for scale, drop_red in _TRIES:
            trial = _with_lines(self.pages[number], box, self.region(number, box, scale, drop_red, None))
            again = read_again(self.found, index, {**self.pages, number: trial})
            answer = again.fields.get(name)
            if answer is None:
                continue
            answers.append(answer)
            if self._better(answer, index, name) and self._keeps(again, index, name):
                self.pages[number] = trial
                self.documents[index] = again
            if _agreed(answers):
                break
        final = self.documents[index].fields.get(name)
        if final is not None:
            fields = {**self.documents[index].fields, name: _weighed(final, answers)}
            self.documents[index] = replace(self.documents[index], fields=fields)

    def _place(self, index: int, first: FieldValue | None, number: int) -> Box:
        if first is not None and _small(first.box):
            return _around(first.box)
        return self.found.bundles[index].regions.get(number, WHOLE_PAGE)

    def _keeps(self, again: Document, index: int, name: str) -> bool:
        """Whether nothing else on the document was lost by the new lines."""
        return set(self.documents[index].fields) - {name} <= set(again.fields)

    def _better(self, answer: FieldValue, index: int, name: str) -> bool:
        document = self.documents[index]
        current = document.fields.get(name)
        if current is None:
            return True
        if compare_key(str(answer.value)) == compare_key(str(current.value)):
            return answer.confidence > current.confidence
        if name == "years":
            return len(answer.value) > len(current.value)
        was, is_now = (_contradicts(document, name, str(v.value), self.form) for v in (current, answer))
        if was and not is_now:
            return answer.confidence >= _PLAUSIBLE
        return answer.confidence > current.confidence + 0.05 and not (is_now and not was)


def _doubts(state: _State) -> Iterator[tuple[int, str]]:
    for index, document in enumerate(list(state.documents)):
        for name in _DECISIVE.get(document.type, ()):
            if state.doubtful(index, name):
                yield index, name


def _doubtful(
    document: Document, name: str, found: FieldValue | None, form: Form | None, years: Sequence[int]
) -> bool:
    if found is None:
        return name != "legal_representative" or document.type in SUBJECT_CERTIFICATES
    if found.confidence < _UNSURE:
        return True
    if name == "years":
        return any(str(y) not in found.value for y in years)
    if name == "credit_code" and not is_credit_code(str(found.value)):
        return True
    if name in ("id_number", "agent_id_number", "legal_representative_id") and not is_resident_id(
        str(found.value)
    ):
        return True
    return _contradicts(document, name, str(found.value), form)


def _contradicts(document: Document, name: str, value: str, form: Form | None) -> bool:
    if form is None:
        return False
    if document.type in SUBJECT_CERTIFICATES:
        typed = {
            "name": form.name,
            "credit_code": form.credit_code,
            "legal_representative": form.legal_representative,
        }.get(name, "")
        return bool(typed) and compare_key(typed) != compare_key(value)
    if document.type == "resident_id":
        typed = {"name": form.legal_representative, "id_number": form.legal_representative_id}.get(name, "")
        return bool(typed) and compare_key(typed) != compare_key(value)
    if document.type in (*TEACHER_CERTIFICATES, "heritage_inheritor_certificate") and name == "name":
        return bool(form.teachers) and not any(same_name(t.name, value) for t in form.teachers)
    if document.type in TEACHER_CERTIFICATES and name == "id_number":
        owner = next((t for t in form.teachers if same_name(t.name, text(document, "name"))), None)
        return (
            owner is not None and bool(owner.id_number) and compare_key(owner.id_number) != compare_key(value)
        )
    return False


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


def _agreed(answers: Sequence[FieldValue]) -> bool:
    keys = [compare_key(str(a.value)) for a in answers]
    return len(keys) >= 3 and len(set(keys)) == 1


def _weighed(final: FieldValue, answers: Sequence[FieldValue]) -> FieldValue:
    """A value that independent readings share is surer than any of them; one that they dispute is not sure."""
    key = compare_key(str(final.value))
    same = sum(1 for a in answers if compare_key(str(a.value)) == key)
    if same >= 3 or (same == 2 and len(answers) == 2):
        return replace(final, confidence=max(final.confidence, min(0.95, 0.5 + 0.15 * same + 0.2)))
    if same <= len(answers) / 2:
        return replace(final, confidence=min(final.confidence, SURE - 0.05))
    return final


def _with_lines(page: PageReading, box: Box, lines: Sequence[Line]) -> PageReading:
    """The page with the lines in ``box`` replaced by a new reading of the same place."""

    def inside(line: Line) -> bool:
        x, y = (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2
        return box[0] <= x <= box[2] and box[1] <= y <= box[3]

    cut = [line for line in page.lines if inside(line)]
    kept = [line for line in page.lines if not inside(line)]
    fresh = [line for line in lines if re.sub(r"\s", "", line.text) and not _repeats(line, kept)]
    if sum(len(line.text) for line in fresh) < 0.5 * sum(len(line.text) for line in cut):
        return page
    return replace(
        page, lines=tuple(sorted([*kept, *fresh], key=lambda line: (line.layout[1], line.layout[0])))
    )


def _repeats(line: Line, kept: Sequence[Line]) -> bool:
    """Whether a line at the edge of the box is already on the page."""
    for other in kept:
        width = min(line.box[2], other.box[2]) - max(line.box[0], other.box[0])
        height = min(line.box[3], other.box[3]) - max(line.box[1], other.box[1])
        own = (line.box[2] - line.box[0]) * (line.box[3] - line.box[1])
        if width > 0 and height > 0 and width * height > 0.3 * own:
            return True
    return False
