"""From text to values: names, dates, terms, codes, addresses; None where the text is no such thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from vetting.fields.view import DocumentView
from vetting.model import FieldValue
from vetting.text.codes import ReadCode, find_credit_codes, find_resident_ids
from vetting.text.dates import find_dates, lost_a_zero, parse_date, parse_term, without_century
from vetting.text.layout import Span
from vetting.text.normalise import compact, wide_punctuation
from vetting.text.rings import from_its_place

UNSURE = 0.5
_SHORT_TEXT = 40
CORRECTED = 0.85
# A year of this century has a 〇 in second place: three numerals without one have lost it, and nothing else.
ZERO_LOST = 0.85
CENTURY_LOST = 0.8
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PERSON = re.compile(rf"[{_HAN}]{{2,4}}(?:[·•・.][{_HAN}]{{1,6}}){{0,3}}")
# What stands where a name should be and is none: the beginning of a sentence, another label.
_NO_PERSON = re.compile(r"具备|教师|资格|证书|证件|号码|性别|民族|出生|公司|中心|协会|^签|盖章|承诺|日期")
_SIGN_HERE = re.compile(r"^[(（]?(?:签名|签字|签章|盖章|手签|或盖章|或签章|及签章)+[)）]?[:：]?")
_ORGANISATION_END = re.compile(
    r"公司|中心|协会|学校|俱乐部|学院|研究院|研究所|工作室|培训部|基金会|联合会|学会|促进会|商会|合作社|经营部|馆|社|站|厂|店|院|园|厅|所|部|会|局|处"
)
_EDGES = ":;,.、。·|_—-–*~'\"“”‘’ "
_START_UNREAD = re.compile(r"\d.{2,12}(?:至|到|[-—~]).*(?:\d{4}|长期)")
_DIGIT_LOST = re.compile(r"[年./-]0\d[月./-]\d(?!\d)|[年./-][1-9][月./-]0\d")
SENTENCE_EDGES = ":;,、·|_—-–*~'\" "
_AUTHORITY = re.compile(
    rf"[{_HAN}]{{2,20}}(?:局|委员会|厅|部|中心|协会|总局|总队|院|政府|办公室|学院|大学|学校|公司|馆|会|处|分局|派出所)"
)

_AUTHORITY_AT_FOOT = re.compile(
    rf"[{_HAN}]{{2,20}}(?:局|委员会|厅|(?<!俱乐)部|总局|总队|政府|办公室|评价中心|鉴定中心|指导中心)"
)


def make(span: Span, value: Any, *, factor: float = 1.0, corrected_from: str | None = None) -> FieldValue:
    """A field from where it was read; ``factor`` lowers the reader's confidence."""
    confidence = round(max(0.0, min(1.0, span.confidence * factor)), 4)
    return FieldValue(value, confidence, span.page, span.box, span.text, corrected_from)


def printed(view: DocumentView, span: Span, edges: str = _EDGES) -> str:
    """The text as printed: a scan's half-width punctuation becomes what Chinese print uses.

    A bracket that a scan lost at the end of a short text is closed. ``edges`` are the marks that do not belong to a value when they stand at its ends.
    """
    text = compact(span.text).strip(edges)
    if not view.scanned(span.page):
        return text
    text = wide_punctuation(text)
    return text + "）" if text.count("（") == text.count("）") + 1 and len(text) <= _SHORT_TEXT else text


def text_field(view: DocumentView, spans: Iterable[Span], pattern: str | None = None) -> FieldValue | None:
    """The first text that is not empty and, where given, matches ``pattern`` (its match is the value)."""
    for span in spans:
        text = printed(view, span)
        if pattern is not None:
            match = re.search(pattern, text)
            text = match.group() if match else ""
        if text:
            return make(span, text)
    return None


def person_field(spans: Iterable[Span], *, alone: bool = False) -> FieldValue | None:
    """A person's name: two to four characters, or parts joined by a middle dot.

    ``alone`` takes a name only where hardly anything follows it; else any such run of characters will do.
    """
    spans = list(spans)
    for span in spans:
        text = _SIGN_HERE.sub("", compact(span.text).strip(_EDGES)).strip(_EDGES)
        match = _PERSON.match(text)
        if match and len(text) - match.end() <= 3 and not _NO_PERSON.search(match.group()):
            return make(span, match.group(), factor=1.0 if match.end() == len(text) else 0.8)
    for span in [] if alone else spans:
        match = _PERSON.search(_SIGN_HERE.sub("", compact(span.text).strip(_EDGES)))
        if match and not _NO_PERSON.search(match.group()):
            return make(span, match.group(), factor=0.6)
    return None


def organisation_field(view: DocumentView, spans: Iterable[Span]) -> FieldValue | None:
    """An organisation's name, up to its organisational form where noise follows."""
    weak = None
    for span in spans:
        text = printed(view, span)
        ends = [m.end() for m in _ORGANISATION_END.finditer(text)]
        if ends and ends[-1] >= 4:
            factor = 1.0 if ends[-1] == len(text) else 0.85
            tail = text[ends[-1] :]
            keep = text if tail.startswith(("（", "(")) and tail.endswith(("）", ")")) else text[: ends[-1]]
            return make(span, keep, factor=factor)
        if len(text) >= 4 and weak is None:
            weak = make(span, text, factor=UNSURE)
    return weak


def date_field(spans: Iterable[Span]) -> FieldValue | None:
    """A date, as ISO text."""
    for span in spans:
        day = parse_date(span.text)
        if day is None and (found := find_dates(span.text)):
            day = found[0].day
        if day:
            return make(span, day.isoformat(), factor=_evenness(span.text))
    return None


def _evenness(text: str) -> float:
    """A month with a leading zero beside a day without one has probably lost a digit: 04月2日."""
    if _DIGIT_LOST.search(compact(text)):
        return UNSURE
    return ZERO_LOST if lost_a_zero(text) else 1.0


def term_fields(spans: Sequence[Span]) -> dict[str, FieldValue]:
    """``valid_from`` and ``valid_until`` of a term; what is not printed is None, what is unread is absent."""
    for span in spans:
        term = parse_term(span.text)
        if term is not None:
            factor = ZERO_LOST if lost_a_zero(span.text) else 1.0
            until = {"valid_until": make(span, term.valid_until, factor=factor)}
            if term.since is None and _START_UNREAD.search(compact(span.text)):
                return until
            return {"valid_from": make(span, term.since.isoformat() if term.since else None), **until}
    return {}


def code_field(view: DocumentView, span: Span, code: ReadCode, at: int, end: int) -> FieldValue:
    """A code with its correction shown; what a text layer says is never corrected."""
    raw = compact(span.text)[at:end].upper()
    if code.corrected_from and not view.scanned(span.page):
        return make(span, raw)
    factor = (CORRECTED if code.corrected_from else 1.0) if code.valid else UNSURE
    return make(span, code.value, factor=factor, corrected_from=code.corrected_from)


def credit_code_field(view: DocumentView, spans: Iterable[Span]) -> FieldValue | None:
    """A unified social credit code: beside its label, else anywhere in the document; valid ones first."""
    found: list[FieldValue] = []
    for span in spans:
        for code, at, end in find_credit_codes(span.text):
            value = code_field(view, span, code, at, end)
            if code.valid and not code.corrected_from:
                return value
            found.append(value)
    flow = view.flow
    for code, at, end in find_credit_codes(flow.key):
        value = code_field(view, flow.span(at, end), code, 0, end - at)
        if code.valid and not code.corrected_from:
            return value
        if code.valid or _after_label(flow.key, at):
            found.append(value)
    return max(found, key=lambda f: f.confidence, default=None)


def _after_label(text: str, at: int) -> bool:
    return "代码" in text[max(0, at - 14) : at]


def resident_id_field(view: DocumentView, spans: Iterable[Span]) -> FieldValue | None:
    """A resident ID: beside its label, else the one in the document."""
    found: list[FieldValue] = []
    for span in spans:
        for code, at, end in find_resident_ids(span.text):
            value = code_field(view, span, code, at, end)
            if code.valid and not code.corrected_from:
                return value
            found.append(value)
    flow = view.flow
    for code, at, end in find_resident_ids(flow.key):
        value = code_field(view, flow.span(at, end), code, 0, end - at)
        if code.valid and not code.corrected_from:
            return value
        found.append(value)
    return max(found, key=lambda f: f.confidence, default=None)


def number_field(spans: Iterable[Span]) -> FieldValue | None:
    """A certificate number: letters, digits and what joins them, at least five characters."""
    for span in spans:
        text = compact(span.text).strip(_EDGES)
        match = re.search(rf"[A-Za-z0-9{_HAN}()（）\[\]〔〕第号字\-/.]*\d{{4,}}[A-Za-z0-9号\-/.]*", text)
        if match:
            return make(span, match.group().strip(_EDGES))
    return None


# Seals of offices; a seal that ends in 中心 is the holder's own unless the centre examines.
_OFFICE = re.compile(r"局|委员会|厅|部$|政府|(?:评价|鉴定|考试|认定|审批|服务|指导)中心")


def authority_field(view: DocumentView, spans: Iterable[Span]) -> FieldValue | None:
    """An issuing office, up to the word that ends such names."""
    for span in spans:
        match = _AUTHORITY.search(printed(view, span))
        if match:
            return make(span, match.group())
    return None


def closing_date(view: DocumentView, exclude: Iterable[Span] = ()) -> FieldValue | None:
    """The date that closes a document: the last one that stands in a short row of its own."""
    used = [(s.page, s.box) for s in exclude]
    for sheet in reversed(view.sheets):
        for row in reversed(sheet.rows):
            span = row.span(0, len(row.glyphs))
            found = find_dates(span.text)
            lost = without_century(span.text) if not found and view.scanned(span.page) else None
            found = [lost] if lost else found
            if len(found) != 1 or any(p == span.page and _within(b, span.box) for p, b in used):
                continue
            beside = row.key[: found[0].start] + row.key[found[0].end :]
            if len(beside) <= 14 and not re.search(r"\d", beside):
                return make(
                    span, found[0].day.isoformat(), factor=CENTURY_LOST if lost else _evenness(span.text)
                )
    return None


def _within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return (
        outer[0] - 0.01 <= inner[0]
        and outer[1] - 0.01 <= inner[1]
        and inner[2] <= outer[2] + 0.01
        and inner[3] <= outer[3] + 0.01
    )


def authority_at_foot(view: DocumentView, date: FieldValue | None = None) -> FieldValue | None:
    """The office that signs at the foot: printed above the closing date, or on the seal.

    What is printed is read more surely than what runs round a seal; of two readings of one name the longer one lost
    nothing.
    """
    printed_name, sealed_name = _printed_at_foot(view), _on_a_seal(view)
    if printed_name is None or sealed_name is None:
        return printed_name or sealed_name
    lost = len(str(sealed_name.value)) > len(str(printed_name.value))
    return sealed_name if lost and str(sealed_name.value).endswith(str(printed_name.value)) else printed_name


def _on_a_seal(view: DocumentView) -> FieldValue | None:
    for page, seal in view.seals():
        match = _AUTHORITY.search(from_its_place(compact(seal.text)))
        if match and _OFFICE.search(match.group()):
            return FieldValue(match.group(), seal.confidence, page, seal.box, seal.text)
    return None


def _printed_at_foot(view: DocumentView) -> FieldValue | None:
    for sheet in reversed(view.sheets):
        for row in reversed(sheet.rows[len(sheet.rows) // 2 :]):
            span = row.span(0, len(row.glyphs))
            text = printed(view, span)
            match = _AUTHORITY_AT_FOOT.fullmatch(text)
            if match and not re.search(r"监制|网址|应当|主管单位|法定代表", text) and len(text) <= 24:
                return make(span, text)
    return None
