"""The roster of teachers: a table whose columns are told by its heading or by what stands in them."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

from vetting.fields.values import closing_date, make, organisation_field, printed
from vetting.fields.view import DocumentView
from vetting.model import FieldValue
from vetting.text.codes import ReadCode, find_resident_ids
from vetting.text.dates import LONG_TERM, parse_term
from vetting.text.layout import Row, Sheet, Span, Word, span_of, union
from vetting.text.normalise import compact

Fields = dict[str, FieldValue]

_COLUMNS = (
    ("id_number", r"身份证(?:件)?(?:号码?)?|公民身份号码"),
    ("certificate_number", r"(?:证件|证书|资格证)(?:编?号码?)|证书号"),
    ("certificate_type", r"(?:证件|证书|资格证?)(?:类型|名称|种类|类别)|持有证书|资格证书?"),
    ("valid_until", r"有效期(?:至|限)?|有效日期|到期"),
    ("name", r"(?:教师)?姓名"),
    (
        "other",
        r"序号|性别|任教(?:课程|科目|学科|项目|专业)?|教授课程|授课.{0,2}|学历|年龄|联系电话|电话|民族|备注|职务|专兼职|课程|出生年月",
    ),
)
_LEAST_HEADINGS = 3
_FOOT = re.compile(r"共\d+人|合计|总计|以上|注[:]|备注[:]|填报|机构|单位")
_NAME = re.compile(r"[\u3400-\u9fff]{2,4}(?:[·•][\u3400-\u9fff]{1,6}){0,2}")
_NUMBER = re.compile(r"[A-Za-z]?\d[A-Za-z0-9\-]{4,}")
_KIND_AND_NUMBER = re.compile(r"([\u4e00-\u9fff（）()/、]{2,20}?)([A-Za-z]{0,6}\d[A-Za-z0-9\-]{5,})")
_KIND = re.compile(r".{0,14}(?:证书?|资格|指导员|传承人)$")


@dataclass(frozen=True, slots=True)
class _Column:
    field: str
    x0: float
    x1: float

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


def teacher_roster(view: DocumentView) -> Fields:
    """Fields of the 教师名册: the organisation and one row per teacher (R6 item 5)."""
    text = view.labelled(
        {"name": ("机构名称", "单位名称", "填报单位", "申报单位"), "issue_date": ("填表日期", "填报日期")}
    )
    fields: Fields = {}
    name = organisation_field(view, text.pieces("name"))
    if name is not None:
        fields["name"] = name
    rows: list[dict[str, Any]] = []
    boxes: list[Span] = []
    columns: list[_Column] = []
    for sheet in view.sheets:
        columns = _columns(sheet) or columns
        for row, span in _teachers(view, sheet, columns):
            rows.append(row)
            boxes.append(span)
    if rows:
        first = [b for b in boxes if b.page == boxes[0].page]
        box = union(b.box for b in first)
        confidence = min(b.confidence for b in boxes)
        fields["teachers"] = make(Span("", boxes[0].page, box, confidence), rows)
    date = closing_date(view)
    if date is not None:
        fields["issue_date"] = date
    return fields


def _columns(sheet: Sheet) -> list[_Column]:
    """The heading: the row in which most column names stand."""
    best: list[_Column] = []
    for row in sheet.rows:
        found = []
        taken: list[tuple[int, int]] = []
        for field, pattern in _COLUMNS:
            for match in re.finditer(pattern, row.key):
                if any(match.start() < b and a < match.end() for a, b in taken):
                    continue
                taken.append(match.span())
                box = union(g.box for g in row.glyphs[match.start() : match.end()])
                found.append(_Column(field, box[0], box[2]))
        if {"name", "id_number"} <= {c.field for c in found} and len(found) > len(best):
            best = sorted(found, key=lambda c: c.x0)
    return best


def _teachers(view: DocumentView, sheet: Sheet, columns: list[_Column]) -> list[tuple[dict[str, Any], Span]]:
    anchors = [
        (row, code, row.span(at, min(end, len(row.glyphs))))
        for row in sheet.rows
        for code, at, end in _own_number(row)
    ]
    found = []
    for number, (_, code, span) in enumerate(anchors):
        words = _words_of(sheet, [a[0] for a in anchors], number)
        id_value = code.value if view.scanned(sheet.page) else compact(span.text).upper()
        teacher: dict[str, Any] = {
            "name": "",
            "id_number": id_value,
            "certificate_type": "",
            "certificate_number": "",
            "valid_until": None,
        }
        teacher.update(_by_column(view, words, columns, span) if columns else _by_look(view, words, span))
        if teacher["name"]:
            glyphs = [g for w in words for g in w.glyphs]
            whole = span_of(glyphs)
            found.append(
                (teacher, Span(whole.text, sheet.page, union(w.box for w in words), whole.confidence))
            )
    return found


def _own_number(row: Row) -> list[tuple[ReadCode, int, int]]:
    """The resident ID of a line: a certificate number may have as many digits, so a valid one counts first."""
    found: list[tuple[ReadCode, int, int]] = []
    start = 0
    for word in row.words:  # by cells: the digits of two would run together
        found += [(code, start + at, start + end) for code, at, end in find_resident_ids(_key(word))]
        start += len(word.glyphs)
    found = found or find_resident_ids(row.key)
    return sorted(found, key=lambda f: (not f[0].valid, f[0].corrected_from is not None))[:1]


def _key(word: Word) -> str:
    return "".join(g.key for g in word.glyphs)


def _is_heading(row: Row) -> bool:
    names = sum(1 for w in row.words if any(re.fullmatch(p, compact(w.text)) for _, p in _COLUMNS))
    return names >= _LEAST_HEADINGS


def _words_of(sheet: Sheet, anchors: list[Row], number: int) -> list[Word]:
    """The words of one line of the table; a cell may run over two lines around the anchor."""
    middles = [_middle(a) for a in anchors]
    here = middles[number]
    steps = [b - a for a, b in itertools.pairwise(middles)]
    step = min(steps) if steps else 3 * anchors[number].height
    reach = min(0.5 * step, 1.6 * anchors[number].height + 0.25 * step)
    low, high = here - reach, here + reach
    words = {id(w): w for w in anchors[number].words}
    for row in sheet.rows:
        if (
            row not in anchors
            and low < _middle(row) < high
            and not _is_heading(row)
            and not _FOOT.match(row.key)
        ):
            words.update({id(w): w for w in row.words})
    return sorted(words.values(), key=lambda w: (w.middle // 0.004, w.box[0]))


def _middle(row: Row) -> float:
    return (row.box[1] + row.box[3]) / 2


def _by_column(view: DocumentView, words: list[Word], columns: list[_Column], number: Span) -> dict[str, Any]:
    cells: dict[str, list[Word]] = {}
    for word in sorted(words, key=lambda w: (round(w.middle, 2), w.box[0])):
        middle = (word.box[0] + word.box[2]) / 2
        inside = [c for c in columns if word.box[0] <= c.middle <= word.box[2] or c.x0 <= middle <= c.x1]
        column = min(inside or columns, key=lambda c: _off(c, word))
        cells.setdefault(column.field, []).append(word)
    return _values(
        view,
        {f: "".join(w.text for w in ws) for f, ws in cells.items() if f not in ("id_number", "other")},
        words,
        number,
    )


def _off(column: _Column, word: Word) -> float:
    return abs(column.middle - (word.box[0] + word.box[2]) / 2)


def _by_look(view: DocumentView, words: list[Word], number: Span) -> dict[str, Any]:
    """Without a heading: a name left of the number, a certificate and its number right of it."""
    cells: dict[str, str] = {}
    for word in words:
        text = compact(word.text)
        if word.box[2] <= number.box[0] + 0.01 and _NAME.fullmatch(text) and "name" not in cells:
            cells["name"] = text
        elif word.box[0] >= number.box[2] - 0.01:
            if _KIND.fullmatch(text):
                cells.setdefault("certificate_type", text)
            elif parse_term(text):
                cells.setdefault("valid_until", text)
            elif _NUMBER.fullmatch(text):
                cells.setdefault("certificate_number", text)
    return _values(view, cells, words, number)


def _values(view: DocumentView, cells: dict[str, str], words: list[Word], number: Span) -> dict[str, Any]:
    page = words[0].page
    values: dict[str, Any] = {}
    name = _NAME.search(compact(cells.get("name", "")))
    values["name"] = name.group() if name else ""
    kind = printed(view, Span(cells.get("certificate_type", ""), page, number.box, 1.0))
    given = compact(cells.get("certificate_number", ""))
    joined = _KIND_AND_NUMBER.fullmatch(compact(kind) + given)
    if joined and _KIND.fullmatch(joined[1]) and (not kind or not re.search(r"\d{3,}", given)):
        # Two cells that the reader took for one line.
        kind, given = joined[1], joined[2]
    values["certificate_type"] = kind
    match = re.search(
        r"[A-Za-z0-9\-()（）字第号\u4e00-\u9fff]*\d{3,}[A-Za-z0-9\-号]*",
        given,
    )
    values["certificate_number"] = match.group() if match else ""
    term = parse_term(cells.get("valid_until", ""))
    values["valid_until"] = None if term is None else LONG_TERM if term.forever else term.valid_until
    return values
