"""Papers that a provider writes itself: application form, service plan, commitment."""

from __future__ import annotations

import re

from vetting.fields.values import (
    SENTENCE_EDGES,
    closing_date,
    credit_code_field,
    date_field,
    make,
    organisation_field,
    person_field,
    printed,
    resident_id_field,
)
from vetting.fields.view import DocumentView
from vetting.model import Box, FieldValue
from vetting.text.academic import offered_subjects, terms_of
from vetting.text.layout import Span, span_of, union

Fields = dict[str, FieldValue]

FORM_LABELS = {
    "name": (
        "机构名称",
        "单位名称",
        "申请单位",
        "申报单位",
        "申报机构",
        "申请机构",
        "企业名称",
        "机构全称",
        "名称",
    ),
    "credit_code": ("统一社会信用代码", "社会信用代码", "信用代码"),
    "entity_type": ("机构类型", "机构性质", "登记类型", "单位性质", "单位类型"),
    "registered_address": (
        "登记住所",
        "注册地址",
        "登记地址",
        "住所",
        "机构地址",
        "单位地址",
        "注册地",
        "办公地址",
        "地址",
    ),
    "legal_representative": ("法定代表人姓名", "法定代表人", "法人代表", "负责人"),
    "legal_representative_id": ("法定代表人身份证号码", "法定代表人身份证号", "身份证号码", "身份证号"),
    "contact": ("联系人及电话", "联系人及联系电话", "联系人电话", "联系人姓名", "联系人"),
    "contact_phone": ("联系电话", "联系方式", "手机号码", "手机", "电话"),
    "categories": ("申报类别", "申请类别", "服务类别", "申报项目类别", "申报项目", "类别"),
    "business_scope": ("业务(经营)范围", "经营(业务)范围", "业务/经营范围", "经营范围", "业务范围"),
    "issue_date": ("申请日期", "申报日期", "填表日期", "填报日期"),
    "other": (
        "拟派教师",
        "近两年年检情况",
        "拟服务学段",
        "拟收费标准",
        "曾用名",
        "委托代理人",
        "经办人",
        "电子邮箱",
        "邮箱",
        "机构意见",
        "开户行",
        "成立日期",
        "拟开设课程",
        "师资情况",
        "服务学段",
    ),
}
_CATEGORIES = (
    ("sports", r"体育(?:类)?"),
    ("arts", r"(?:文化)?艺术(?:类)?|美育类?"),
    ("comprehensive_practice", r"综合实践(?:活动)?(?:类)?"),
    ("technology", r"科技(?:类)?|科学技术类"),
)
_TALLER_THAN_PRINT = 1.35
_SURELY_PRINT = 0.85
_EMPTY_BOX = "□▢☐◻口囗○〇"
_PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}")
_COMPANY_LINE = re.compile(
    r"(?:承诺|申报|申请)?(?:单位|机构|人)(?:名称)?(?:\((?:盖章|公章|签章|全称)\))+[:;]?"
)
_STATES_ITSELF = re.compile(r"([\u4e00-\u9fff()·A-Za-z0-9]{4,40}?)(?:\(以下简称[^()]*\))?\(统一社会信用代码")


def application_form(view: DocumentView) -> Fields:
    """Fields of the 申请表 (R6 item 1)."""
    text = view.labelled(FORM_LABELS)
    fields: Fields = {}
    _put(fields, "name", organisation_field(view, text.blocks("name")))
    _put(fields, "credit_code", credit_code_field(view, text.lines("credit_code")))
    _put(fields, "legal_representative", person_field(_before_signature(text.pieces("legal_representative"))))
    _put(fields, "legal_representative_id", resident_id_field(view, text.lines("legal_representative_id")))
    _put(fields, "registered_address", _longest(view, text.blocks("registered_address"), 6))
    _put(fields, "categories", _categories(text.lines("categories") + text.blocks("categories")))
    _put(fields, "contact_name", person_field(_without_phone(text.pieces("contact"))))
    _put(fields, "contact_phone", _phone(view, text.lines("contact_phone") + text.lines("contact")))
    _put(fields, "business_scope", _longest(view, text.blocks("business_scope"), 4))
    _put(fields, "issue_date", date_field(text.lines("issue_date")) or closing_date(view))
    return fields


def service_plan(view: DocumentView) -> Fields:
    """Fields of a service plan; ``academic`` with the subjects it offers to teach (R1)."""
    fields: Fields = {}
    _put(fields, "name", _heading_name(view) or _closing_name(view) or _own_name(view))
    mentions = offered_subjects(view.flow.key)
    terms = terms_of(mentions)
    if mentions:
        span = view.flow.span(mentions[0].start, mentions[0].end)
        fields["academic"] = make(span, True)
        fields["academic_terms"] = make(span, terms)
    elif view.pages:
        everything = Span("", view.pages[0], (0.0, 0.0, 1.0, 1.0), 1.0)
        fields["academic"] = make(everything, False)
        fields["academic_terms"] = make(everything, [])
    _put(fields, "issue_date", closing_date(view))
    return fields


def commitment(view: DocumentView) -> Fields:
    """Fields of a commitment; ``signed`` and ``sealed`` from handwriting and seal at its foot (R6 item 8)."""
    labels = {
        "name": ("承诺单位", "承诺机构", "承诺人", "申报单位", "申报机构", "机构名称", "单位名称"),
        "legal_representative": ("法定代表人", "法人代表", "负责人"),
        "issue_date": ("日期", "承诺日期", "签署日期"),
    }
    text = view.labelled(labels)
    fields: Fields = {}
    _put(
        fields,
        "name",
        _stated_name(view) or organisation_field(view, text.pieces("name")) or _closing_name(view),
    )
    _put(fields, "credit_code", credit_code_field(view, []))
    signatures = [h for h in text.hits("legal_representative") if "签" in h.row.key]
    hits = signatures or text.hits("legal_representative")
    spans = [span_of(glyphs) for h in hits if (glyphs := text.right_of(h))]
    _put(fields, "legal_representative", person_field(spans))
    fields["signed"] = _signed(view, [(h.sheet.page, h.place) for h in hits], spans)
    fields["sealed"] = _sealed(view)
    _put(fields, "issue_date", date_field(text.lines("issue_date")) or closing_date(view))
    return fields


def _put(fields: Fields, name: str, value: FieldValue | None) -> None:
    if value is not None:
        fields[name] = value


def _before_signature(spans: list[Span]) -> list[Span]:
    return [s for s in spans if "签" not in s.text]


def _without_phone(spans: list[Span]) -> list[Span]:
    return [Span(re.sub(r"[\d\-()（）/、,，]+.*$", "", s.text), s.page, s.box, s.confidence) for s in spans]


def _phone(view: DocumentView, spans: list[Span]) -> FieldValue | None:
    for span in spans:
        match = _PHONE.search(span.key)
        if match:
            return make(span, match.group())
    return None


def _longest(view: DocumentView, spans: list[Span], least: int) -> FieldValue | None:
    for span in spans:
        value = printed(view, span, SENTENCE_EDGES)
        if len(value) >= least:
            return make(span, value)
    return None


def _categories(spans: list[Span]) -> FieldValue | None:
    """The categories ticked: those without an empty box before (or after) them; all, where none has a box."""
    for span in spans:
        found = []
        key = span.key
        for code, pattern in _CATEGORIES:
            match = re.search(pattern, key)
            if match:
                found.append((match.start(), match.end(), code))
        if not found:
            continue
        found.sort()
        trailing = found[0][0] == 0 and not key[-1].isalnum() and not re.search(r"[\u4e00-\u9fff]$", key)
        chosen = []
        for start, end, code in found:
            mark = key[end : end + 1] if trailing else key[start - 1 : start] if start else ""
            if mark not in _EMPTY_BOX or not mark:
                chosen.append(code)
        boxes = any(c in key for c in _EMPTY_BOX)
        sure = bool(chosen) and (boxes or len(found) == 1)
        return make(span, chosen, factor=1.0 if sure else 0.4)
    return None


def _heading_name(view: DocumentView) -> FieldValue | None:
    """The organisation in the heading, in the title's own row or the one above it."""
    for sheet in view.sheets[:1]:
        for row in sheet.rows[:3]:
            span = row.span(0, len(row.glyphs))
            text = printed(view, span)
            text = re.sub(
                r"(?:关于)?(?:参与)?(?:学校)?(?:义务教育)?(?:课后服务|工作方案|服务方案|实施方案|方案|简介|宣传册).*$",
                "",
                text,
            )
            if len(text) >= 5 and re.search(
                r"(?:公司|中心|协会|学校|俱乐部|工作室|学院|基金会|促进会|学会|联合会|培训部|棋院|书院|画院|团|坊|馆|社|园)(?:[(（][\u4e00-\u9fff]{2,6}[)）])?$",
                text,
            ):
                return make(span, text)
    return None


def _closing_name(view: DocumentView) -> FieldValue | None:
    for span in view.last_rows(8):
        text = re.sub(r"^.*?[:：]", "", printed(view, span))
        if len(text) >= 5 and re.fullmatch(
            r"[\u4e00-\u9fff（）()·A-Za-z0-9]+(?:公司|中心|协会|学校|俱乐部|工作室|学院|基金会|促进会|学会|联合会|馆|社|园)",
            text,
        ):
            return make(span, text)
    return None


def _own_name(view: DocumentView) -> FieldValue | None:
    span = view.flow.search(
        r"([\u4e00-\u9fff()]{4,30}(?:公司|中心|协会|学校|俱乐部|工作室))(?:\(以下|成立于|是一家|系)", 1
    )
    return make(span, span.text) if span else None


def _stated_name(view: DocumentView) -> FieldValue | None:
    """The name that the text gives itself: …（统一社会信用代码：…）自愿申报."""
    flow = view.flow
    match = _STATES_ITSELF.search(flow.key)
    if not match:
        return None
    start = match.start(1)
    for mark in (":", "。", "书", "局"):
        inside = flow.key.rfind(mark, start, match.end(1) - 4)
        if inside >= 0 and mark in ":。":
            start = inside + 1
    row_start = max((r for r in flow.row_starts if r <= match.end(1) - 4), default=start)
    span = flow.span(max(start, row_start) if row_start > start else start, match.end(1))
    return make(span, printed(view, span)) if len(span.text) >= 4 else None


def _signed(view: DocumentView, labels: list[tuple[int, Box]], spans: list[Span]) -> FieldValue:
    """Handwriting beside the signature label; what OCR reads there counts where no pen stroke was told."""
    for page, box in labels:
        for ink_page, ink in view.inks():
            if (
                ink_page == page
                and ink.box[2] > box[0]
                and abs((ink.box[1] + ink.box[3]) / 2 - (box[1] + box[3]) / 2) < 0.06
            ):
                return FieldValue(True, ink.confidence, page, ink.box)
    for span in spans:
        if re.search(r"[\u4e00-\u9fff]{2,4}", span.text):
            return _typed_or_written(view, span)
    inks = view.inks()
    if inks and not labels:
        return FieldValue(True, inks[0][1].confidence * 0.7, inks[0][0], inks[0][1].box)
    page, box = labels[0] if labels else (view.pages[-1] if view.pages else 1, (0.0, 0.5, 1.0, 1.0))
    return FieldValue(False, 0.9, page, _beside(box))


def _typed_or_written(view: DocumentView, span: Span) -> FieldValue:
    """Whether a name where no pen stroke was told is written all the same: taller than print, or read with doubt."""
    heights = [s.usual_height for s in view.sheets if s.page == span.page and s.words]
    tall = bool(heights) and span.box[3] - span.box[1] > _TALLER_THAN_PRINT * max(heights)
    if view.scanned(span.page) and (tall or span.confidence < _SURELY_PRINT):
        return make(span, True, factor=0.9)
    return FieldValue(False, 0.9, span.page, span.box, span.text)


def _beside(box: Box) -> Box:
    return union([box, (box[0], box[1], min(1.0, box[2] + 0.3), box[3])])


def _sealed(view: DocumentView) -> FieldValue:
    seals = view.seals()
    if seals:
        page, seal = max(seals, key=lambda s: s[1].confidence)
        return FieldValue(True, seal.confidence, page, seal.box, seal.text)
    page = view.pages[-1] if view.pages else 1
    return FieldValue(False, 0.9, page, (0.0, 0.5, 1.0, 1.0))
