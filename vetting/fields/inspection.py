"""Annual inspections, annual reports and spot checks: which year ended how (R2)."""

from __future__ import annotations

import re

from vetting.fields.values import closing_date, credit_code_field, make, organisation_field, printed
from vetting.fields.view import DocumentView
from vetting.model import FieldValue
from vetting.text.layout import Row, Sheet, Span, span_of, union
from vetting.text.normalise import wide_punctuation

Fields = dict[str, FieldValue]

PASSED, FAILED, CONDITIONAL = "passed", "failed", "conditional"

LABELS = {
    "name": ("机构名称", "企业名称", "单位名称", "组织名称", "社会组织名称", "名称"),
    "credit_code": ("统一社会信用代码", "社会信用代码", "信用代码"),
    "other": ("法定代表人", "登记机关", "登记状态"),
}
_DATE = re.compile(r"(?:19|20)\d\d(?:[-./年])\d{1,2}(?:[-./月])\d{1,2}日?")
_YEAR = re.compile(
    r"(20\d\d)(?:年?度|年(?:检|报|度|年检)|(?=年?(?:年度)?(?:年检|年报|报告))|年(?!\d{1,2}月))"
)
_BARE_YEAR = re.compile(r"(20\d\d)(?!\d|[-./年]\d)")
_CONDITIONAL = r"基本合格|基本通过|限期整改后合格|整改合格|有条件(?:合格|通过)"
_FAILED = r"不合格|未通过|不通过|未年检|未参加年检|未参检|未报送|未公示|未年报|未按(?:时|规定)(?:报送|公示|年检)|逾期未|列入经营异常|责令整改|(?<!无)异常"
_PASSED = (
    r"(?:正常\(?合格\)?)|年检合格|合格|通过|正常|已公示|已年报|已报送|按时公示|无异常|未发现问题|优秀|良好"
)
_RESULT = re.compile(rf"(?P<conditional>{_CONDITIONAL})|(?P<failed>{_FAILED})|(?P<passed>{_PASSED})")
_YEAR_AND_RESULT = re.compile(
    rf"(20\d\d)年?度?(?:年检|年报|年度检查|检查)?(?:结论|结果|情况)(?:均|都)?[为是:]{{1,2}}(?P<result>{_CONDITIONAL}|{_FAILED}|{_PASSED})"
)
_ORG_END = r"(?:公司|中心|协会|学校|俱乐部|工作室|学院|基金会|促进会|联合会|学会|团|馆|社|园|院|坊)"
_ALONE = re.compile(rf"[\u4e00-\u9fff()·A-Za-z0-9]{{3,40}}{_ORG_END}(?:\([\u4e00-\u9fff]{{2,6}}\))?")
_TITLE = re.compile(r"年度?(?:检查|报告|检)|公示|证明|情况|记录|系统")
_CERTIFIED = re.compile(
    rf"(?:兹证明|证明|兹有|经查)[:,]?((?!兹|明)[\u4e00-\u9fff()·A-Za-z0-9]{{3,40}}?{_ORG_END}(?:\([\u4e00-\u9fff]{{2,6}}\))?)(?=\(统一|\(信用|系|是|为|,|在|20\d\d|于)"
)
_JOINED = re.compile(r"(?:年度?|、|和|及|与|,|至|到|-|—)*")
_WHOLE = re.compile(r"(?:正常)?[(（]?(?:不|基本)?合格[)）]?(?:[(（][^()（）]{1,8}[)）])?")


def annual_inspection(view: DocumentView) -> Fields:
    """Fields of an inspection page: ``years`` {year: passed | failed | conditional} and ``years_printed``."""
    text = view.labelled(LABELS)
    fields: Fields = {}
    name = organisation_field(view, text.blocks("name")) or _name_in_text(view)
    if name is not None:
        fields["name"] = name
    code = credit_code_field(view, text.lines("credit_code"))
    if code is not None:
        fields["credit_code"] = code
    years: dict[str, tuple[str, str, Span]] = {}
    for sheet in view.sheets:
        for found in (_by_row(sheet), _by_column(sheet)):
            for year, result in found.items():
                years.setdefault(year, result)
    for year, result in (_in_prose(view) if not years else _in_sentences(view)).items():
        years.setdefault(year, result)
    if years:
        spans = [r[2] for r in years.values()]
        own = [s for s in spans if s.page == spans[0].page]
        place = Span("", own[0].page, union(s.box for s in own), min(s.confidence for s in spans))
        ordered = sorted(years)
        fields["years"] = make(place, {y: years[y][0] for y in ordered})
        fields["years_printed"] = make(place, {y: _as_printed(view, years[y]) for y in ordered})
    elif view.pages:
        fields["years"] = FieldValue({}, 0.5, view.pages[0], (0.0, 0.0, 1.0, 1.0))
    date = closing_date(view)
    if date is not None:
        fields["issue_date"] = date
    return fields


def _as_printed(view: DocumentView, result: tuple[str, str, Span]) -> str:
    text = printed(view, Span(result[1], result[2].page, result[2].box, 1.0))
    return wide_punctuation(text) if view.scanned(result[2].page) else text


def _years_in(row: Row) -> list[re.Match[str]]:
    masked = _DATE.sub(lambda m: "~" * len(m.group()), row.key)
    found = [m for m in _YEAR.finditer(masked) if _begins(row, m.start())]
    if not found and len(row.words) >= 3:
        found = [m for m in _BARE_YEAR.finditer(masked) if row.starts_word(m.start())]
    return found


def _begins(row: Row, at: int) -> bool:
    """Whether a number begins here: a serial number in the cell before it is not part of it."""
    return at == 0 or not row.key[at - 1].isdigit() or row.starts_word(at)


def _by_row(sheet: Sheet) -> dict[str, tuple[str, str, Span]]:
    """A table with a year in each row, or lines of text with one year each."""
    found: dict[str, tuple[str, str, Span]] = {}
    for row in sheet.rows:
        years = _years_in(row)
        for number, match in enumerate(years):
            end = years[number + 1].start() if number + 1 < len(years) else len(row.key)
            result = _result(row, match.end(), end)
            after = number + 1
            while (
                result is None
                and after < len(years)
                and _JOINED.fullmatch(row.key, years[after - 1].end(), end)
            ):
                # 2020年、2021年年检均合格: one result for both.
                end = years[after + 1].start() if after + 1 < len(years) else len(row.key)
                result = _result(row, years[after].end(), end)
                after += 1
            if result:
                found.setdefault(match[1], result)
    return found


def _result(row: Row, start: int, end: int) -> tuple[str, str, Span] | None:
    match = _RESULT.search(row.key, start, end)
    if match is None:
        return None
    kind = next(k for k, v in match.groupdict().items() if v)
    word = next(w for w in row.words if any(g is row.glyphs[match.start()] for g in w.glyphs))
    cell = "".join(g.key for g in word.glyphs)
    whole = word.text if len(cell) <= 12 and not re.search(r"20\d\d", cell) else None
    if whole is None:
        text = _WHOLE.search(row.text, match.start(), end)
        whole = (
            text.group()
            if text and len(row.text) == len(row.key)
            else row.span(match.start(), match.end()).text
        )
    return kind, whole, span_of(row.glyphs)


def _by_column(sheet: Sheet) -> dict[str, tuple[str, str, Span]]:
    """A table with the years in its heading and the results below them."""
    found: dict[str, tuple[str, str, Span]] = {}
    for number, row in enumerate(sheet.rows):
        years = _years_in(row)
        if len(years) < 2 or _RESULT.search(row.key):
            continue
        for match in years:
            box = union(g.box for g in row.glyphs[match.start() : match.end()])
            for below in sheet.rows[number + 1 : number + 6]:
                hit = next((w for w in below.words if w.box[0] < box[2] and w.box[2] > box[0]), None)
                result = _RESULT.search("".join(g.key for g in hit.glyphs)) if hit else None
                if hit and result:
                    kind = next(k for k, v in result.groupdict().items() if v)
                    found.setdefault(match[1], (kind, hit.text, span_of(hit.glyphs)))
                    break
    return found


def _name_in_text(view: DocumentView) -> FieldValue | None:
    """An organisation that stands alone in a row at the top, or that a sentence speaks of."""
    for sheet in view.sheets[:1]:
        for row in sheet.rows[:6]:
            if _ALONE.fullmatch(row.key.rstrip(":")) and not _TITLE.search(row.key):
                return organisation_field(view, [row.span(0, len(row.key.rstrip(":")))])
    span = view.flow.search(_CERTIFIED, 1)
    return make(span, printed(view, span)) if span else None


def _in_sentences(view: DocumentView) -> dict[str, tuple[str, str, Span]]:
    """A year and its result that a line break divides: hardly a word stands between them."""
    flow = view.flow
    found: dict[str, tuple[str, str, Span]] = {}
    for match in flow.finditer(_YEAR_AND_RESULT):
        result = _RESULT.match(flow.key, match.start("result"))
        if result:
            kind = next(k for k, v in result.groupdict().items() if v)
            found.setdefault(match[1], (kind, result.group(), flow.span(match.start(), result.end())))
    return found


def _in_prose(view: DocumentView) -> dict[str, tuple[str, str, Span]]:
    """Running text: 2020年度、2021年度年检均为合格."""
    flow = view.flow
    found: dict[str, tuple[str, str, Span]] = {}
    for sentence in flow.finditer(r"[^。;；]+"):
        masked = _DATE.sub(lambda m: "~" * len(m.group()), sentence.group())
        years = list(_YEAR.finditer(masked)) or list(_BARE_YEAR.finditer(masked))
        results = list(_RESULT.finditer(masked))
        for year in years:
            after = next((r for r in results if r.start() >= year.end()), None)
            if after:
                kind = next(k for k, v in after.groupdict().items() if v)
                span = flow.span(sentence.start() + year.start(), sentence.start() + after.end())
                found.setdefault(year[1], (kind, after.group(), span))
    return found
