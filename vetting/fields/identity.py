"""Resident identity cards, front and back, wherever they lie on the page."""

from __future__ import annotations

import re
from itertools import pairwise

from vetting.fields.values import (
    authority_field,
    make,
    person_field,
    printed,
    resident_id_field,
    term_fields,
)
from vetting.fields.view import DocumentView
from vetting.model import FieldValue
from vetting.text.codes import birth_date
from vetting.text.dates import find_dates
from vetting.text.layout import Span, span_of

Fields = dict[str, FieldValue]

LABELS = {
    "name": ("姓名",),
    "sex": ("性别",),
    "ethnicity": ("民族",),
    "birth_date": ("出生日期", "出生"),
    "address": ("住址",),
    "id_number": ("公民身份号码", "公民身份证号码", "身份证号码"),
    "issuer": ("签发机关", "发证机关"),
    "term": ("有效期限", "有效期"),
}
_PEOPLES = "汉|壮|瑶|苗|侗|仫佬|毛南|回|京|彝|水|仡佬|满|蒙古|藏|维吾尔|土家|布依|白|傣|黎|畲|朝鲜|哈尼|哈萨克|傈僳|佤|拉祜|东乡|纳西|景颇|柯尔克孜|土|达斡尔|羌|布朗|撒拉|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|高山"

_UNLABELLED_SEX = re.compile(rf"[男女]({_PEOPLES})?")


def resident_id(view: DocumentView) -> Fields:
    """Fields of a 居民身份证; ``role`` is set later, when it is known whose it should be."""
    text = view.labelled(LABELS)
    fields: Fields = {}
    number = resident_id_field(view, text.lines("id_number"))
    _put(fields, "id_number", number)
    _put(fields, "name", person_field(text.pieces("name")) or _name_by_place(view))
    _put(fields, "sex", _pattern(view, r"性?别[·:.]?([男女])") or _sex_of(number))
    _put(fields, "ethnicity", _pattern(view, rf"民?族[·:.]?({_PEOPLES})") or _ethnicity_by_place(view))
    _put(fields, "birth_date", _birth(view, number))
    _put(fields, "address", _address(view, text.blocks("address")) or _address_by_place(view))
    _put(fields, "issuer", authority_field(view, text.pieces("issuer")))
    terms = text.lines("term")
    if not any(find_dates(s.text) for s in terms):
        found = view.flow.search(
            r"(?:19|20)\d\d[./年-]\d{1,2}[./月-]\d{1,2}日?[-—~至一]{1,2}(?:长期|(?:19|20)\d\d[./年-]\d{1,2}[./月-]\d{1,2}日?)"
        )
        terms = [*terms, found] if found else terms
    fields.update(term_fields(terms))
    return fields


def _put(fields: Fields, name: str, value: FieldValue | None) -> None:
    if value is not None:
        fields[name] = value


def _pattern(view: DocumentView, pattern: str) -> FieldValue | None:
    span = view.flow.search(pattern, 1)
    return make(span, span.text) if span else None


def _sex_of(number: FieldValue | None) -> FieldValue | None:
    if number is None or len(number.value) != 18 or not number.value[16].isdigit():
        return None
    sex = "男" if int(number.value[16]) % 2 else "女"
    return FieldValue(sex, number.confidence * 0.8, number.page, number.box, number.raw)


def _birth(view: DocumentView, number: FieldValue | None) -> FieldValue | None:
    """The printed day of birth; where it is read in part, the number's own day agrees with it or decides."""
    inside = birth_date(number.value) if number and len(number.value) == 18 else None
    span = view.flow.search(r"生[·:.]?((?:19|20)\d\d年?\d{1,2}月?\d{1,2}日?)", 1)
    if span and (found := find_dates(span.text)):
        return make(span, found[0].day.isoformat())
    if inside and number:
        return FieldValue(inside.isoformat(), number.confidence * 0.8, number.page, number.box, number.raw)
    return None


def _address(view: DocumentView, spans: list[Span]) -> FieldValue | None:
    for span in spans:
        value = re.sub(r"公民身份号码.*$", "", printed(view, span))
        if len(value) >= 6:
            return make(span, value)
    return None


# A card's labels are printed pale: a scan in black and white may keep the entries alone.
def _name_by_place(view: DocumentView) -> FieldValue | None:
    """A name whose label is lost: short, above the row of 性别 and 民族."""
    for sheet in view.sheets:
        for above, row in pairwise(sheet.rows):
            if re.search(r"性?别[·:.]?[男女]|民族", row.key) or _UNLABELLED_SEX.fullmatch(row.key):
                return person_field([span_of(above.words[-1].glyphs)])
    return None


def _ethnicity_by_place(view: DocumentView) -> FieldValue | None:
    """The ethnic group in a row that holds nothing but it and the sex."""
    for sheet in view.sheets:
        for row in sheet.rows:
            match = _UNLABELLED_SEX.fullmatch(row.key)
            if match and match[1]:
                span = row.span(match.start(1), match.end(1))
                return make(span, span.text)
    return None


def _address_by_place(view: DocumentView) -> FieldValue | None:
    """What stands between the day of birth and the number, where neither has its label."""
    for sheet in view.sheets:
        sexes = [i for i, row in enumerate(sheet.rows) if _UNLABELLED_SEX.fullmatch(row.key)]
        numbers = [i for i, row in enumerate(sheet.rows) if re.fullmatch(r"[\dXx]{18}", row.key)]
        if sexes and numbers and numbers[0] - sexes[0] > 2:
            between = sheet.rows[sexes[0] + 2 : numbers[0]]
            span = span_of([glyph for row in between for word in row.words for glyph in word.glyphs])
            if re.search(r"[省市县区].*[路街道巷村镇号]", span.text):
                return make(span, printed(view, span), factor=0.9)
    return None
