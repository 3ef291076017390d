"""Papers that explain others: notices of a change of name, powers of attorney."""

from __future__ import annotations

import re

from vetting.fields.values import (
    authority_at_foot,
    authority_field,
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
from vetting.model import FieldValue
from vetting.text.codes import find_resident_ids
from vetting.text.dates import find_dates, parse_term
from vetting.text.layout import Span, Word, span_of

Fields = dict[str, FieldValue]

_CELL_GAP = 0.6
_ORG = r"[\u4e00-\u9fff()·A-Za-z0-9]{2,40}?(?:公司|中心|协会|学校|俱乐部|工作室|基金会|促进会|联合会|学会|学院|研究院|培训部|经营部|合作社|馆|社|园)"
_CHANGE_LABELS = {
    "name": (
        "变更后名称",
        "变更后的名称",
        "变更后企业名称",
        "变更后单位名称",
        "现名称",
        "现企业名称",
        "新名称",
        "变更后内容",
        "变更后",
    ),
    "former_name": (
        "变更前名称",
        "变更前的名称",
        "变更前企业名称",
        "变更前单位名称",
        "原名称",
        "原企业名称",
        "原单位名称",
        "曾用名称",
        "曾用名",
        "变更前内容",
        "变更前",
    ),
    "own_name": ("企业名称", "单位名称", "机构名称", "名称"),
    "credit_code": ("统一社会信用代码", "社会信用代码", "信用代码", "注册号"),
    "item": ("变更事项", "变更项目", "事项"),
    "issuer": ("登记机关", "发证机关"),
    "issue_date": ("核准日期", "核准变更日期", "变更日期", "准予变更日期", "发文日期"),
}
_CHANGED = (
    rf"(?:名称)?(?:由|从|原名称?为?|原)[\"“'「『(]?(?P<former>{_ORG})[\"”'」』)]?[,，]?(?:依法|已|现|于[^,，]{{1,14}})*(?:变更|更名|改名|核准变更|更改)(?:登记)?(?:为|成|至)[:\"“'「『(]*(?P<name>{_ORG})(?=[\"”'」』)。,，;；]|$)",
    rf"(?P<name>{_ORG})[\"”]?\((?:原名称?|原企业名称|曾用名)[:为]*[\"“]?(?P<former>{_ORG})[\"”]?\)",
    rf"(?P<name>{_ORG})[,，](?:原名称?|原企业名称|曾用名称?)[:为]*[\"“]?(?P<former>{_ORG})",
    rf"(?P<former>{_ORG})\((?:统一社会信用代码|注册号)[^()]*\)[^。;]{{0,60}}?(?:名称)?(?:变更|更名)(?:登记)?为[:\"“'「『(]*(?P<name>{_ORG})(?=[\"”'」』)。,，;；]|$)",
    rf"(?P<former>{_ORG})[\"”]?(?:名称)?(?:已)?(?:经核准)?(?:变更|更名)(?:登记)?为[:\"“'「『]*(?P<name>{_ORG})(?=[\"”'」』)。,，;；]|$)",
)


def name_change_notice(view: DocumentView) -> Fields:
    """Fields of a notice that a registered name was changed: the name now and the one before (R6)."""
    text = view.labelled(_CHANGE_LABELS)
    fields: Fields = {}
    name = organisation_field(view, text.blocks("name"))
    former = organisation_field(view, text.blocks("former_name"))
    if not (_is_organisation(name) and _is_organisation(former)):
        name, former = _from_columns(view) or _from_prose(view) or (name, former)
    if name is None or not _is_organisation(name):
        name = organisation_field(view, text.blocks("own_name")) or name
    _put(fields, "name", name)
    _put(fields, "former_name", former)
    _put(fields, "credit_code", credit_code_field(view, text.lines("credit_code")))
    issued = date_field(text.lines("issue_date")) or closing_date(view)
    _put(fields, "issue_date", issued)
    _put(fields, "issuer", authority_at_foot(view, issued) or authority_field(view, text.pieces("issuer")))
    return fields


def authorization_letter(view: DocumentView) -> Fields:
    """Fields of a power of attorney: who may act for whom, and until when (R6 item 4)."""
    labels = {
        "name": ("委托单位", "授权单位", "委托人名称", "单位名称", "机构名称", "委托人", "授权人", "委托方"),
        "legal_representative": ("法定代表人姓名", "法定代表人", "负责人"),
        "agent_name": (
            "受委托人姓名",
            "受托人姓名",
            "被授权人姓名",
            "代理人姓名",
            "委托代理人",
            "受委托人",
            "被委托人",
            "受托人",
            "被授权人",
            "代理人",
        ),
        "id_number": (
            "受托人身份证号",
            "被授权人身份证号",
            "代理人身份证号",
            "身份证号码",
            "公民身份号码",
            "身份证号",
        ),
        "term": ("委托期限", "授权期限", "代理期限", "委托有效期", "授权有效期", "有效期限", "有效期"),
        "issue_date": ("日期", "签署日期", "委托日期", "授权日期"),
        "other": (
            "委托事项",
            "代理权限",
            "授权范围",
            "委托权限",
            "授权事项",
            "性别",
            "职务",
            "联系电话",
            "电话",
            "住址",
        ),
    }
    text = view.labelled(labels)
    fields: Fields = {}
    organisations = [
        s for s in text.pieces("name") if re.search(r"公司|中心|协会|学校|俱乐部|工作室|社|馆|园|会$", s.text)
    ]
    _put(
        fields,
        "name",
        organisation_field(view, organisations)
        or _prose(
            view,
            rf"(?:本(?:单位|公司|机构)?|我(?:单位|公司|机构|中心)?|系)?({_ORG})(?=\(|的?法定代表人|特此?|现|兹)",
        ),
    )
    if "name" not in fields:
        _put(fields, "name", _prose(view, rf"代表({_ORG})(?=办理|参加|参与|处理|申报|全权)"))
    _put(
        fields,
        "legal_representative",
        person_field(text.pieces("legal_representative", set_off=True), alone=True)
        or _prose_person(
            view,
            r"法定代表人[:,]?(?!授权|委托|签|身份|现|兹|的)([\u4e00-\u9fff]{2,4}?)(?=[(,。;:]|授权|委托|现|兹|特|系|身份)|(?:本人|我)([\u4e00-\u9fff]{2,4}?)(?=[(,]|系|是)",
        ),
    )
    agent = _prose_person(
        view,
        r"(?:授权|委托|委派)(?:本(?:单位|公司|机构|中心))?(?:的)?(?:员工|职工|工作人员|同志)?[:,]?([\u4e00-\u9fff]{2,4}?)(?=同志|先生|女士|[(,]|为|作为|代表|全权|身份证|办理)",
    )
    _put(fields, "agent_name", person_field(text.pieces("agent_name", set_off=True), alone=True) or agent)
    _put(fields, "agent_id_number", _agent_id(view, fields.get("agent_name"), text.lines("id_number")))
    fields.update(_term(view, text.lines("term")))
    _put(fields, "issue_date", date_field(text.lines("issue_date")) or closing_date(view, text.lines("term")))
    return fields


def _put(fields: Fields, name: str, value: FieldValue | None) -> None:
    if value is not None:
        fields[name] = value


def _is_organisation(field: FieldValue | None) -> bool:
    return (
        field is not None
        and re.search(r"(?:公司|中心|协会|学校|俱乐部|工作室|会|社|馆|园|院|部)[)）]?$", str(field.value))
        is not None
    )


def _from_columns(view: DocumentView) -> tuple[FieldValue | None, FieldValue | None] | None:
    """A table 变更事项 | 变更前 | 变更后, with the names in the row of 名称; a name may run over two lines."""
    for sheet in view.sheets:
        for row in sheet.rows:
            before, after = row.key.find("变更前"), row.key.find("变更后")
            if before < 0 or after < 0:
                continue
            edge = (row.glyphs[before].box[2] + row.glyphs[after].box[0]) / 2
            start = min(row.glyphs[before].box[0], row.glyphs[after].box[0])
            below = [w for w in sheet.words if w.middle > row.box[3]]
            labels = [w for w in below if w.box[2] < start and re.search(r"名称", w.text)]
            left = _cells([w for w in below if w not in labels and (w.box[0] + w.box[2]) / 2 < edge], labels)
            right = _cells([w for w in below if (w.box[0] + w.box[2]) / 2 >= edge], labels)
            one, other = _first_organisation(view, right), _first_organisation(view, left)
            if one and other:
                return (one, other) if before < after else (other, one)
    return None


def _cells(words: list[Word], labels: list[Word]) -> list[list[Word]]:
    """Words of a column in cells, by the gaps between its lines; the one beside a label comes first."""
    cells: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.middle):
        last = cells[-1][-1] if cells else None
        if last is not None and word.box[1] - last.box[3] < _CELL_GAP * word.height:
            cells[-1].append(word)
        else:
            cells.append([word])
    middle = labels[0].middle if labels else None
    return sorted(cells, key=lambda c: middle is not None and not c[0].box[1] <= middle <= c[-1].box[3])


def _first_organisation(view: DocumentView, cells: list[list[Word]]) -> FieldValue | None:
    for cell in cells:
        found = organisation_field(view, [span_of([g for w in cell for g in w.glyphs])])
        if _is_organisation(found):
            return found
    return None


def _from_prose(view: DocumentView) -> tuple[FieldValue | None, FieldValue | None] | None:
    flow = view.flow
    for pattern in _CHANGED:
        match = re.search(pattern, flow.key)
        if match:
            name, former = (
                flow.span(match.start(part) + _lead(match[part]), match.end(part))
                for part in ("name", "former")
            )
            return make(name, printed(view, name)), make(former, printed(view, former))
    return None


def _lead(text: str) -> int:
    """How much of a name is the sentence that leads to it."""
    lead = re.match(r".*(?:证明|兹有|经查|查|同意|准予|核准|贵单位|你单位)", text)
    return lead.end() if lead else 0


def _prose(view: DocumentView, pattern: str) -> FieldValue | None:
    span = view.flow.search(pattern, 1)
    return make(span, printed(view, span)) if span else None


def _prose_person(view: DocumentView, pattern: str) -> FieldValue | None:
    """A name by a pattern of running text, from whichever of its groups matched."""
    for match in view.flow.finditer(pattern):
        group = match.lastindex or 0
        return person_field([view.flow.span(match.start(group), match.end(group))])
    return None


def _agent_id(view: DocumentView, agent: FieldValue | None, spans: list[Span]) -> FieldValue | None:
    """The number that follows the agent's name; with one number in the letter, that one."""
    flow = view.flow
    codes = find_resident_ids(flow.key)
    if agent is not None and len(codes) > 1:
        at = flow.key.find(str(agent.value))
        later = [c for c in codes if c[1] > at >= 0]
        if later:
            code, start, end = later[0]
            span = flow.span(start, end)
            return make(span, code.value, corrected_from=code.corrected_from)
    if len(codes) > 1 and spans:
        return resident_id_field(view, spans[-1:])
    return resident_id_field(view, spans)


def _term(view: DocumentView, spans: list[Span]) -> Fields:
    for span in spans:
        term = parse_term(span.text)
        if term is not None and (term.until or term.forever):
            since = term.since.isoformat() if term.since else None
            return {"valid_from": make(span, since), "valid_until": make(span, term.valid_until)}
    flow = view.flow
    for match in flow.finditer(r"(?:自|从|期限|有效期)[^。;]{0,40}?(?:至|到|-|—)[^。;]{4,30}"):
        span = flow.span(match.start(), match.end())
        if len(find_dates(span.text)) >= 2 and (term := parse_term(span.text)):
            return {
                "valid_from": make(span, term.since.isoformat() if term.since else None),
                "valid_until": make(span, term.valid_until),
            }
    return {}
