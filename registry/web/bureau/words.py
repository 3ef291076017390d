"""The names that officials use for documents, fields, acts and lists."""

from __future__ import annotations

from registry.applications.lifecycle import APPLICATION
from registry.contracts.lifecycle import CONTRACT, VARIATION
from registry.evaluations.lifecycle import COMPLAINT, EVALUATION
from registry.exits.lifecycle import EXIT_CASE
from registry.notices.lifecycle import OBJECTION
from registry.rounds.lifecycle import QUESTION, ROUND
from registry.screening.lifecycle import IMPORT
from registry.web.components.i18n import N_
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

_MORE_ACTS: dict[str, dict[str, str]] = {
    "application": {
        "start": N_("开始填写"),
        "edit": N_("填写申报"),
        "note": N_("填写内部备注"),
        "recuse": N_("回避"),
        "reveal": N_("查看完整个人信息"),
        "look_at_document": N_("查看材料原件"),
        "ask_second_look": N_("申请复核"),
        "refuse_second_look": N_("不予复核"),
        "correct_notice": N_("更正公示"),
        "begin_paper": N_("登记收到纸质申报"),
        "check_original": N_("核验原件"),
        "assign": N_("分派承办人"),
        "unassign": N_("取消分派"),
        "reuse": N_("沿用上次申报"),
    },
    "round": {"create": N_("新建批次")},
    "round_question": {"ask": N_("收到提问")},
    "renewal": {"hand_in": N_("提交换发证照")},
    "contract": {
        "offer_variation": N_("学校提出变更"),
        "attach_variation_scan": N_("上传补充协议扫描件"),
        "vary": N_("双方同意，变更生效"),
        "decline_variation": N_("机构不同意变更"),
        "take_back_variation": N_("学校撤回变更"),
        "renew": N_("学校起草续签合同"),
    },
    "notice": {
        "publish": N_("发布公示"),
        "record_posting": N_("登记发布渠道"),
        "settle_window": N_("确定公示止日"),
    },
    "objection": {"file": N_("提出异议"), "answer": N_("机构答复"), "reveal": N_("查看异议人身份")},
    "finding": {"overrule": N_("排除核验发现"), "uphold": N_("恢复核验发现")},
    "screening_match": {
        "judge_same": N_("判断为同一主体"),
        "judge_different": N_("判断为不是同一主体"),
        "propose_different": N_("提出不是同一主体"),
        "reopen": N_("撤销名单比对判断"),
    },
    "list_import": {"upload": N_("上传名单文件"), "fetch": N_("下载名单原文件")},
    "complaint": {"file": N_("提出投诉"), "reveal": N_("查看投诉人身份")},
    "entry": {"list": N_("确认入库"), "enter_validity": N_("登记证照有效期")},
    "provider": {
        "enter": N_("按纸质材料登记机构"),
        "propose_person": N_("申请增加教师"),
        "leave_person": N_("教师移出名册"),
        "refuse_person": N_("教师未获核准"),
    },
    "account": {
        "open": N_("开设账号"),
        "grant": N_("增加身份"),
        "revoke": N_("取消身份"),
        "close": N_("停用账号"),
        "reopen": N_("恢复账号"),
        "reset_password": N_("重设密码"),
    },
}

SUBJECT_NAMES: dict[str, str] = {
    "application": "申报",
    "finding": "核验发现",
    "round": "遴选批次",
    "notice": "公示",
    "objection": "异议",
    "entry": "在册条目",
    "contract": "合同",
    "contract_variation": "合同变更",
    "renewal": "换发证照",
    "roster_person": "教师名册",
    "yearly_review": "年度审查",
    "round_question": "批次提问",
    "exit_case": "退出案件",
    "ban": "禁入决定",
    "provider": "机构",
    "screening": "名单核查",
    "screening_match": "名单比对结果",
    "list_import": "名单导入",
    "file": "文件",
    "evaluation": "评价",
    "complaint": "投诉",
    "account": "账号",
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
    named = _MORE_ACTS.get(subject, {}).get(action)
    if named is None and subject in _LIFECYCLES:
        named = _LIFECYCLES[subject].names.get(action)
    return named or action


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
