"""Certificates of teachers: qualification, vocational skill, sports instructor, heritage inheritor; and clearances."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from vetting.fields.labels import LabelledText
from vetting.fields.values import (
    authority_at_foot,
    authority_field,
    closing_date,
    date_field,
    make,
    number_field,
    person_field,
    printed,
    resident_id_field,
    text_field,
)
from vetting.fields.view import DocumentView
from vetting.model import FieldValue
from vetting.offices import near_office
from vetting.text.dates import parse_term
from vetting.text.layout import Span

Fields = dict[str, FieldValue]

_PERSON: Mapping[str, Sequence[str]] = {
    "name": ("持证人姓名", "持证人", "传承人姓名", "传承人", "姓名"),
    "sex": ("性别",),
    "born": ("出生年月日", "出生年月", "出生日期"),
    "ethnicity": ("民族",),
    "id_number": ("身份证号码", "身份证件号码", "公民身份号码", "身份证件号", "身份证号", "证件号码"),
    "id_type": ("证件类型", "证件名称"),
    "certificate_number": ("证书编号", "证书号码", "证书号", "证书管理号", "管理号", "编号"),
    "issue_date": (
        "发证日期",
        "发证时间",
        "批准日期",
        "颁发日期",
        "颁证日期",
        "签发日期",
        "批准时间",
        "认定日期",
        "公布时间",
    ),
    "valid_until": ("有效期至", "有效期限", "有效日期", "有效期", "有效截止日期"),
    "issuer": (
        "发证机关",
        "认定机构",
        "颁发机关",
        "批准机关",
        "批准单位",
        "发证单位",
        "发证机构",
        "评价机构",
        "鉴定机构",
        "颁发单位",
        "认定机关",
        "授予单位",
    ),
}
_QUALIFICATIONS = (
    "幼儿园教师资格",
    "小学教师资格",
    "初级中学教师资格",
    "高级中学教师资格",
    "中等职业学校教师资格",
    "中等职业学校实习指导教师资格",
    "高等学校教师资格",
)
_SPORT_LEVELS = ("国家级社会体育指导员", "一级社会体育指导员", "二级社会体育指导员", "三级社会体育指导员")
_TEACHES = re.compile(r"教师资格")
_QUALIFIED = (
    r"((?:幼儿园|小学|初级中学|高级中学|中等职业学校(?:实习指导)?|中等专业学校|技工学校|高等学校)教师资格)",
)
_TAUGHT = (r"任教(?:学科|科目|专业)为[:]?([\u4e00-\u9fff()、]{2,12}?)(?=[。,，;；]|$)",)
# How a sentence names the one it speaks of: 余俊杰，身份证号…; 兹证明余俊杰（身份证号…
_SPOKEN_OF = re.compile(
    r"(?:^|证明|持证人|授予|批准|聘任|命名|认定|确定|学员|姓名)[:,]?([\u4e00-\u9fff]{2,4}?)(?:同志|先生|女士)?[,(]*(?:[男女],?)?(?:[\u4e00-\u9fff]{1,4}族,?)?"
    r"(?:出生于[^,]{6,12},?)?(?:(?:居民)?(?:公民)?身份(?:证)?(?:件)?号|具备[\u4e00-\u9fff]{2,12}教师资格)"
)
_COMRADE = re.compile(r"(?:兹有|兹|授予|批准)?([\u4e00-\u9fff]{2,4}?)(?:同志|先生|女士)(?=[:,(于经被系在自])")
_HALF_LABEL = re.compile(r"名[:·]?([\u4e00-\u9fff]{2,4})$")
_SEX_ROW = re.compile(r"性|别[:·]?[男女]|[男女]$")
_RECOGNISED = (r"认定([\u4e00-\u9fff]{2,4}?)(?:同志|先生|女士)?具备",)
_LEVEL = re.compile(r"[一二三四五]级/(?:高级技师|技师|高级工|中级工|初级工)")
_SKILL_LEVELS = ("一级/高级技师", "二级/技师", "三级/高级工", "四级/中级工", "五级/初级工")
_LEXICON_SCORE = 80
_PROJECT = (
    r"(?:项目|遗产|名录)[^。\"“《]{0,12}[\"“《]([\u4e00-\u9fff()·]{2,24})[\"”》]",
    r"[\"“《]([\u4e00-\u9fff()·]{2,24})[\"”》][^。]{0,12}传承人",
    r"(?:遗产(?:代表性)?项目|遗产|项目)[\"“《]?([\u4e00-\u9fff]{2,16}?)[\"”》]?(?:的|项目)?(?:代表性)?传承人",
)
_HONOURED = (r"(?:认定|命名|授予|确定|聘任)([\u4e00-\u9fff]{2,4}?)(?:同志|先生|女士)?(?:为|[\"“《])",)
_ADDRESSED = re.compile(r"([\u4e00-\u9fff]{2,4}?)(?:同志|先生|女士)?[:,]?(?:\(?(?:身份证|公民身份)号|:)")
_ISSUER_TAIL = re.compile(r".{4,24}(?:局|委员会|厅|部|中心|协会|总局|院|学院|大学|公司|基金会|学会|联合会)$")


def teacher_qualification(view: DocumentView) -> Fields:
    """Fields of a 教师资格证书. It has no end of validity unless one is printed."""
    text = view.labelled(
        {
            **_PERSON,
            "qualification": ("教师资格种类", "资格种类"),
            "subject": ("任教学科", "任教科目", "学科"),
        }
    )
    fields = _person(view, text)
    kind = _from_lexicon(view, text.pieces("qualification"), _QUALIFICATIONS)
    _put(
        fields,
        "qualification",
        kind if kind and _TEACHES.search(str(kind.value)) else _stated(view, _QUALIFIED),
    )
    _put(fields, "subject", _stated(view, _TAUGHT) or text_field(view, text.pieces("subject")))
    return fields


def skill_certificate(view: DocumentView) -> Fields:
    """Fields of a vocational skill or occupational qualification certificate."""
    labels = {
        **_PERSON,
        "occupation": (
            "职业名称",
            "职业(工种)名称",
            "职业(工种)及等级",
            "职业(工种)",
            "职业工种",
            "职业",
            "工种名称",
            "专业名称",
            "资格名称",
            "职业资格名称",
        ),
        "level": (
            "职业技能等级",
            "技能等级",
            "职业资格等级",
            "资格等级",
            "资格级别",
            "专业级别",
            "等级级别",
            "级别",
            "等级",
        ),
    }
    text = view.labelled(labels)
    fields = _person(view, text)
    occupation = text_field(view, text.lines("occupation"))
    if occupation is not None and (level := _LEVEL.search(str(occupation.value))):
        _put(fields, "level", replace(occupation, value=level.group()))
        occupation = replace(occupation, value=str(occupation.value)[: level.start()].strip(" ，,、/"))
    _put(fields, "occupation", occupation)
    if "level" not in fields:
        _put(fields, "level", _from_lexicon(view, text.pieces("level"), _SKILL_LEVELS))
    return fields


def sports_instructor_certificate(view: DocumentView) -> Fields:
    """Fields of a 社会体育指导员证书."""
    labels = {
        **_PERSON,
        "level": ("社会体育指导员等级", "技术等级", "指导员等级", "称号等级", "等级称号", "等级", "级别"),
        "sport": ("指导项目", "指导项目名称", "项目名称", "健身项目", "项目"),
    }
    text = view.labelled(labels)
    fields = _person(view, text)
    level = _from_lexicon(view, text.pieces("level"), _SPORT_LEVELS)
    if level is None and (span := view.flow.search(r"(?:国家|[一二三])级社会体育指导员")):
        level = make(span, span.text)
    _put(fields, "level", level)
    _put(fields, "sport", text_field(view, text.pieces("sport")))
    return fields


def heritage_inheritor_certificate(view: DocumentView) -> Fields:
    """Fields of a certificate of an intangible-heritage inheritor."""
    text = view.labelled(
        {**_PERSON, "project": ("项目名称", "传承项目", "代表性项目", "非遗项目名称", "非遗项目", "项目")}
    )
    fields = _person(view, text)
    labelled = [s for s in text.pieces("project", set_off=True) if "传承人" not in s.text]
    _put(fields, "project", text_field(view, labelled) or _stated(view, _PROJECT))
    said = _spoken_of(view) or _addressed(view)
    if said is not None or "name" not in fields or not text.hits("name")[0].set_off:
        _put(fields, "name", said or _stated(view, _HONOURED))
    return fields


def _addressed(view: DocumentView) -> FieldValue | None:
    """A name at the start of a row, as certificates address people: 韦秀芳：."""
    for sheet in view.sheets:
        for row in sheet.rows:
            match = _ADDRESSED.match(row.key)
            if match:
                return person_field([row.span(match.start(1), match.end(1))])
    return None


def no_criminal_record_certificate(view: DocumentView) -> Fields:
    """Whose record was looked up, and when. The content is not kept (R32)."""
    fields = _person(view, view.labelled(_PERSON))
    if "name" not in fields and (
        span := view.flow.search(
            r"(?:兹证明|查询人|被查询人|经查询?)[:,]?([\u4e00-\u9fff]{2,4}?)(?=[(,,]|身份|性别|同志|公民)", 1
        )
    ):
        fields["name"] = make(span, span.text)
    return {k: v for k, v in fields.items() if k in ("name", "id_number", "issue_date", "issuer")}


def labour_contract(view: DocumentView) -> Fields:
    """The two sides of a labour contract and its term."""
    text = view.labelled(
        {
            "name": ("甲方(用人单位)", "用人单位", "甲方"),
            "employee": ("乙方(劳动者)", "劳动者", "乙方"),
            "id_number": ("身份证号码", "身份证号", "公民身份号码"),
        }
    )
    fields: Fields = {}
    _put(fields, "name", text_field(view, text.pieces("name")))
    _put(fields, "employee", person_field(text.pieces("employee")))
    _put(fields, "id_number", resident_id_field(view, text.lines("id_number")))
    _put(fields, "issue_date", closing_date(view))
    return fields


def _put(fields: Fields, name: str, value: FieldValue | None) -> None:
    if value is not None:
        fields[name] = value


def _person(view: DocumentView, text: LabelledText) -> Fields:
    """What all certificates of a person carry. ``valid_until`` is None where no end is printed."""
    fields: Fields = {}
    _put(fields, "name", person_field(text.pieces("name")) or _spoken_of(view) or _half_labelled(view))
    _put(fields, "id_number", resident_id_field(view, text.lines("id_number")))
    _put(fields, "certificate_number", number_field(text.lines("certificate_number")))
    issued = date_field(text.lines("issue_date")) or closing_date(
        view, text.lines("valid_until") + text.lines("born")
    )
    _put(fields, "issue_date", issued)
    _put(fields, "valid_until", _until(view, text))
    _put(fields, "issuer", _issuer(view, text))
    return fields


def _spoken_of(view: DocumentView) -> FieldValue | None:
    """The name in a sentence, before the person's number."""
    for sheet in view.sheets:
        for row in sheet.rows:
            match = _SPOKEN_OF.search(row.key) or _COMRADE.match(row.key)
            if match:
                return person_field([row.span(match.start(1), match.end(1))])
    return _stated(view, _RECOGNISED)


def _half_labelled(view: DocumentView) -> FieldValue | None:
    """A name glued to the 名 of a label whose 姓 was not found, right above the sex: ``名农雨桐``."""
    for sheet in view.sheets:
        for row, below in zip(sheet.rows, sheet.rows[1:], strict=False):
            match = _HALF_LABEL.search(row.key)
            if match and _SEX_ROW.search(below.key):
                return person_field([row.span(match.start(1), match.end(1))])
    return None


def _stated(view: DocumentView, patterns: Sequence[str]) -> FieldValue | None:
    """A value that running text states, by the first pattern that is found."""
    for pattern in patterns:
        span = view.flow.search(pattern, 1)
        if span:
            return make(span, printed(view, span))
    return None


def _until(view: DocumentView, text: LabelledText) -> FieldValue | None:
    """The end of validity; None as a value where nothing is printed, no field where it cannot be read."""
    spans = text.lines("valid_until")
    for span in spans:
        term = parse_term(span.text)
        if term is not None and (term.forever or term.until):
            return make(span, term.valid_until)
    if spans and any(re.search(r"\d", s.text) for s in spans):
        return None
    if text.hits("valid_until") and not all(re.fullmatch(r"[-—–_/无\s]*", s.text) for s in spans):
        return None
    page = view.pages[0] if view.pages else 1
    return FieldValue(None, 0.9, page, (0.0, 0.0, 1.0, 1.0))


def _issuer(view: DocumentView, text: LabelledText) -> FieldValue | None:
    """The issuing body: beside its label, else in a row of its own at the foot."""
    return authority_field(view, text.pieces("issuer")) or _issuer_at_foot(view)


def _issuer_at_foot(view: DocumentView) -> FieldValue | None:
    for span in view.last_rows(8):
        value = printed(view, span)
        if _ISSUER_TAIL.fullmatch(value) and not re.search(r"[:：，。《》]", value):
            return make(span, value)
    return authority_at_foot(view) or _office_under_a_seal(view)


def _office_under_a_seal(view: DocumentView) -> FieldValue | None:
    """An office at the foot whose kind a seal took characters from."""
    for span in view.last_rows(8):
        office = near_office(span.text) if view.scanned(span.page) else ""
        if office:
            return make(span, office, factor=0.8, corrected_from=span.text)
    return None


def _from_lexicon(view: DocumentView, spans: Sequence[Span], lexicon: Sequence[str]) -> FieldValue | None:
    """A value from a closed list: as printed where it is one, the one close entry where OCR slipped."""
    for span in spans:
        value = printed(view, span)
        if value in lexicon or not view.scanned(span.page):
            return make(span, value)
        close = process.extract(value, lexicon, scorer=fuzz.ratio, limit=2)
        if close and close[0][1] >= _LEXICON_SCORE and (len(close) < 2 or close[0][1] - close[1][1] > 5):
            return make(span, close[0][0], factor=0.8)
        if value:
            return make(span, value)
    return None
