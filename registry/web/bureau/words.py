"""The names that officials use for documents, fields, acts and lists."""

from __future__ import annotations

from registry.applications.lifecycle import APPLICATION
from registry.contracts.lifecycle import CONTRACT, VARIATION
from registry.evaluations.lifecycle import COMPLAINT, EVALUATION
from registry.exits.lifecycle import EXIT_CASE
from registry.notices.lifecycle import OBJECTION
from registry.rounds.lifecycle import QUESTION, ROUND
from registry.screening.lifecycle import IMPORT
from registry.web.bureau.act_names import COMMON_ACTS, MORE_ACTS
from registry.whitelist.lifecycle import ENTRY, RENEWAL, ROSTER_PERSON, YEARLY_REVIEW

DOCUMENT_NAMES: dict[str, str] = {
    "application_form": "申请表",
    "business_licence": "营业执照",
    "private_nonenterprise_certificate": "民办非企业单位登记证书",
    "social_organization_certificate": "社会团体法人登记证书",
    "name_change_notice": "变更登记通知书",
    "resident_id": "居民身份证",
    "authorization_letter": "授权委托书",
    "teacher_roster": "教师名册",
    "teacher_qualification": "教师资格证书",
    "skill_certificate": "专业技能（职业资格）证书",
    "sports_instructor_certificate": "社会体育指导员证书",
    "heritage_inheritor_certificate": "非遗传承人证书",
    "annual_inspection": "年检情况",
    "service_plan": "课后服务工作方案",
    "commitment": "承诺书",
}

REGISTRATION_DOCUMENTS = (
    "business_licence",
    "private_nonenterprise_certificate",
    "social_organization_certificate",
)

FIELD_NAMES: dict[str, str] = {
    "name": "名称（姓名）",
    "former_name": "原名称",
    "credit_code": "统一社会信用代码",
    "legal_representative": "法定代表人",
    "legal_representative_id": "法定代表人证件号码",
    "registered_address": "登记地址",
    "address": "住址",
    "business_scope": "经营（业务）范围",
    "entity_type": "类型",
    "established": "成立日期",
    "issue_date": "签发日期",
    "issuer": "发证机关",
    "registered_capital": "注册资本（开办资金）",
    "supervising_body": "业务主管单位",
    "valid_from": "有效期自",
    "valid_until": "有效期至",
    "id_number": "证件号码",
    "birth_date": "出生日期",
    "ethnicity": "民族",
    "sex": "性别",
    "role": "身份",
    "agent_name": "受托人",
    "agent_id_number": "受托人证件号码",
    "certificate_number": "证书编号",
    "qualification": "资格种类",
    "subject": "任教学科",
    "level": "等级",
    "occupation": "职业（工种）",
    "sport": "项目",
    "project": "传承项目",
    "years": "各年度结果",
    "years_printed": "各年度结果",
    "signed": "已签字",
    "sealed": "已盖章",
    "academic": "涉及学科内容",
    "academic_terms": "学科类用语",
    "categories": "申报类别",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "teachers": "教师",
}

# Shown masked where an official did not ask to see them (R34).
ID_FIELDS = frozenset({"id_number", "legal_representative_id", "agent_id_number"})
PHONE_FIELDS = frozenset({"contact_phone"})
HIDDEN_FIELDS = frozenset({"address", "birth_date", "ethnicity", "sex", "teachers"})

LIST_NAMES: dict[str, str] = {
    "own_ban": "退出禁入名单",
    "serious_violation": "严重违法失信名单",
    "industry_blacklist": "校外培训行业黑名单",
    "abnormal_operation": "经营异常名录",
    "judgment_debtor": "失信被执行人",
    "recognised_ban": "外地禁入名单",
    "other_ban": "其他地区的禁入决定",
}

_LIFECYCLES = {
    "application": APPLICATION,
    "round": ROUND,
    "round_question": QUESTION,
    "renewal": RENEWAL,
    "roster_person": ROSTER_PERSON,
    "yearly_review": YEARLY_REVIEW,
    "contract": CONTRACT,
    "contract_variation": VARIATION,
    "entry": ENTRY,
    "exit_case": EXIT_CASE,
    "objection": OBJECTION,
    "evaluation": EVALUATION,
    "complaint": COMPLAINT,
    "list_import": IMPORT,
}


def act_name(subject: str, action: str) -> str:
    """The Chinese name of an act on a kind of record (a gettext msgid); its code where it has none."""
    named = MORE_ACTS.get(subject, {}).get(action)
    if named is None and subject in _LIFECYCLES:
        named = _LIFECYCLES[subject].names.get(action)
    return named or COMMON_ACTS.get(action) or action


def state_name(subject: str, state: str | None) -> str:
    """The Chinese name of a state (a gettext msgid), "" for none."""
    if not state:
        return ""
    return _LIFECYCLES[subject].names.get(state, state) if subject in _LIFECYCLES else state


def document_name(kind: str) -> str:
    """The Chinese name of a document type (a gettext msgid)."""
    return DOCUMENT_NAMES.get(kind, kind)


def field_name(name: str) -> str:
    """The Chinese name of a field read from a document (a gettext msgid)."""
    return FIELD_NAMES.get(name, name)
