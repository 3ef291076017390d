"""Registration certificates: business licence, private non-enterprise unit, social organisation; school licence."""

from __future__ import annotations

import re
from itertools import pairwise

from vetting.fields.labels import LabelledText
from vetting.fields.values import (
    SENTENCE_EDGES,
    authority_at_foot,
    authority_field,
    closing_date,
    credit_code_field,
    date_field,
    make,
    organisation_field,
    person_field,
    printed,
    term_fields,
    text_field,
)
from vetting.fields.view import DocumentView
from vetting.model import FieldValue
from vetting.text.dates import find_dates, parse_term
from vetting.text.layout import Span

Fields = dict[str, FieldValue]

LABELS = {
    "credit_code": ("统一社会信用代码", "社会信用代码", "信用代码", "注册号", "统一社会信用代码/注册号"),
    "name": ("企业名称", "单位名称", "机构名称", "字号名称", "学校名称", "名称", "字号"),
    "entity_type": ("公司类型", "主体类型", "企业类型", "市场主体类型", "类型"),
    "legal_representative": (
        "法定代表人",
        "法定代表人(负责人)",
        "法定代表",
        "执行事务合伙人",
        "投资人",
        "经营者",
        "负责人",
        "法人代表",
        "举办者",
    ),
    "registered_capital": (
        "注册资本",
        "注册资金",
        "开办资金",
        "出资额",
        "出资总额",
        "原始基金数额",
        "活动资金",
    ),
    "established": ("成立日期", "注册日期", "成立时间", "设立日期"),
    "term": (
        "营业期限",
        "经营期限",
        "合伙期限",
        "有效期限",
        "有效期",
        "证书有效期",
        "许可证有效期",
        "有效期至",
    ),
    "registered_address": (
        "住所",
        "主要经营场所",
        "营业场所",
        "经营场所",
        "住址",
        "地址",
        "办学地址",
        "登记住所",
    ),
    "business_scope": ("经营范围", "业务范围", "宗旨和业务范围", "办学内容"),
    "supervising_body": ("业务主管单位", "主管单位", "业务主管部门", "主管部门"),
    "issuer": ("发证机关", "登记管理机关", "登记机关", "审批机关"),
    "issue_date": ("发证日期", "发照日期", "颁发日期", "核准日期", "签发日期", "登记日期"),
    "area": ("活动地域",),
}
_CAPITAL = r"(?:人民币)?[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億两\d.,，]+(?:万|亿)?(?:元|圆|圓)?(?:整|正)?(?:人民币|美元)?"
_ADDRESS = re.compile(r"[^:：]{2,}(?:省|市|区|县|镇|乡|村|路|街|道|巷|号|楼|室|栋|幢|层|园)")
_HALF_LABELS = ("名", "称")
_SPEAKS_OF_A_TERM = r"期限|有效期|长期|(?:至|到)(?:19|20|二)[\d〇○零一二三四五六七八九]{2,3}年|日(?:至|-|—)"
_SCOPE_END = re.compile(
    r"(?:登记机关|发证机关|有效期限|扫描二维码|国家企业信用信息公示系统|国家市场监督管理总局).*$"
)


def business_licence(view: DocumentView) -> Fields:
    """Fields of a 营业执照."""
    text = view.labelled(LABELS)
    fields = _shared(view, text)
    _put(fields, "entity_type", text_field(view, text.pieces("entity_type")))
    _put(fields, "established", date_field(text.lines("established")))
    if "valid_until" not in fields and {"name", "credit_code", "established"} <= fields.keys():
        _put(fields, "valid_until", _no_term(view, text))
    return fields


def _no_term(view: DocumentView, text: LabelledText) -> FieldValue | None:
    """Licences of today print no term: nothing on the sheet says that there is one."""
    if text.hits("term") or view.flow.search(_SPEAKS_OF_A_TERM) or not view.pages:
        return None
    return FieldValue(None, 0.9, view.pages[0], (0.0, 0.0, 1.0, 1.0))


def private_nonenterprise_certificate(view: DocumentView) -> Fields:
    """Fields of a 民办非企业单位登记证书."""
    text = view.labelled(LABELS)
    fields = _shared(view, text)
    _put(fields, "supervising_body", authority_field(view, text.pieces("supervising_body")))
    return fields


def social_organization_certificate(view: DocumentView) -> Fields:
    """Fields of a 社会团体法人登记证书."""
    return private_nonenterprise_certificate(view)


def school_licence(view: DocumentView) -> Fields:
    """Fields of a 办学许可证, as far as a policy that asks for one needs them (R2)."""
    fields = _shared(view, view.labelled(LABELS))
    return {
        k: v
        for k, v in fields.items()
        if k
        in (
            "name",
            "legal_representative",
            "registered_address",
            "valid_from",
            "valid_until",
            "issue_date",
            "issuer",
        )
    }


def _put(fields: Fields, name: str, value: FieldValue | None) -> None:
    if value is not None:
        fields[name] = value


def _shared(view: DocumentView, text: LabelledText) -> Fields:
    fields: Fields = {}
    _put(fields, "credit_code", credit_code_field(view, text.lines("credit_code")))
    _put(fields, "name", organisation_field(view, text.blocks("name")) or _half_labelled(view))
    _put(fields, "legal_representative", person_field(text.pieces("legal_representative")))
    _put(fields, "registered_capital", text_field(view, text.lines("registered_capital"), _CAPITAL))
    _put(fields, "registered_address", _address(view, text))
    _put(fields, "business_scope", _scope(view, text))
    fields.update(_term(text))
    issued = date_field(text.lines("issue_date")) or closing_date(view, _labelled_spans(text))
    _put(fields, "issue_date", issued)
    _put(fields, "issuer", authority_field(view, text.pieces("issuer")) or authority_at_foot(view, issued))
    return fields


def _half_labelled(view: DocumentView) -> FieldValue | None:
    """An organisation beside one half of a spread-out label, whose other half was not found on the scan: 名　[称] …."""
    for sheet in view.sheets:
        for row in sheet.rows:
            for label, word in pairwise(row.words):
                if label.text in _HALF_LABELS and view.scanned(word.page):
                    return organisation_field(view, [word.span])
    return None


def _labelled_spans(text: LabelledText) -> list[Span]:
    return [s for field in ("established", "term") for s in text.lines(field)]


def _term(text: LabelledText) -> Fields:
    spans = text.lines("term") + text.blocks("term")
    return term_fields([s for s in spans if (t := parse_term(s.text)) and (t.until or t.forever)] or spans)


def _address(view: DocumentView, text: LabelledText) -> FieldValue | None:
    for span in text.blocks("registered_address"):
        value = printed(view, span)
        if _ADDRESS.match(value):
            return make(span, value)
    # A label lost under a seal: an address still looks like one.
    for sheet in view.sheets:
        for row in sheet.rows:
            for word in row.words:
                span = word.span
                value = printed(view, span)
                if re.match(
                    r".{2,12}(?:市|县|区).{1,20}(?:路|街|道|巷|村|镇).{0,12}\d*号", value
                ) and not find_dates(value):
                    return make(span, value, factor=0.8)
    return None


def _scope(view: DocumentView, text: LabelledText) -> FieldValue | None:
    for span in text.blocks("business_scope"):
        value = _SCOPE_END.sub("", printed(view, span, SENTENCE_EDGES))
        if len(value) >= 4:
            return make(span, value)
    return None
