"""The words policies are written in, each with the name officials use for it.

Only what code must tell apart is an enumeration; categories are open, a policy may name more.
"""

from __future__ import annotations

from registry.kernel.terms import Term


class Severity(Term):
    """How much a finding or a list hit weighs (R9)."""

    BLOCK = "block", "不符合"
    WARN = "warn", "需核对"
    INFO = "info", "提示"


class ListKind(Term):
    """A list whose hits count against a provider (R3)."""

    OWN_BAN = "own_ban", "本地退出禁入名单"
    SERIOUS_VIOLATION = "serious_violation", "严重违法失信名单"
    INDUSTRY_BLACKLIST = "industry_blacklist", "校外培训行业黑名单"
    ABNORMAL_OPERATION = "abnormal_operation", "经营异常名录"
    JUDGMENT_DEBTOR = "judgment_debtor", "失信被执行人"


class Ground(Term):
    """A ground for leaving the list (R26)."""

    FALSE_CREDENTIALS = "false_credentials", "提供虚假资质证明"
    SERIOUS_MISMANAGEMENT = "serious_mismanagement", "服务过程中出现较大管理过失"
    SERVICE_NOT_AS_PROMISED = "service_not_as_promised", "服务质量、内容与承诺明显不符"
    BLACKLISTED = "blacklisted", "被列入黑名单"
    ANNUAL_INSPECTION = "annual_inspection_missed_or_failed", "未按时参加年检或年检不合格"
    SUBCONTRACTED = "subcontracted", "将课后服务分包或转包给其他机构"
    UNLAWFUL_CONDUCT = "unlawful_conduct", "机构或其人员存在违法或严重违规行为"
    POOR_QUALITY = "poor_quality", "服务水平低下"
    SOLICITING_STUDENTS = "soliciting_students", "恶意在校招揽生源"
    DISRUPTING_ORDER = "disrupting_order", "扰乱学校教育教学和招生秩序"
    PUPIL_RIGHTS_VIOLATED = "pupil_rights_violated", "体罚或变相体罚学生等侵犯学生权益"
    ACADEMIC_TRAINING = "academic_training", "违规开展学科类培训"


class Precondition(Term):
    """What a school must have done before it signs (R24)."""

    PARENTS_CONSULTED = "parents_consulted", "已事先充分征求家长意见"
    PLAN_PUBLISHED = "plan_published", "课后服务及收费方案已经教育主管部门批准，并向家长和社会公示"
    LIABILITY_INSURANCE = "liability_insurance", "已投保责任保险"
    PEOPLE_CLEARED = "people_cleared", "已确定入校服务人员名单，并查验资格、健康状况和违法犯罪记录"


class InspectionRule(Term):
    """What the inspection years must show (R2)."""

    PASSED = "passed", "每年均须年检合格（或已公示年报、抽查无异常）"
    WITHOUT_FAILURE = "without_failure", "各年均无年检（年审）不合格记录"


class InspectionProof(Term):
    """What can show that a year was in order (R2)."""

    ANNUAL_INSPECTION = "annual_inspection", "年检合格"
    ANNUAL_REPORT = "annual_report", "年报已公示"
    SPOT_CHECK = "spot_check", "抽查未发现问题"


class Reach(Term):
    """How far a ban reaches from the bureau that decided it (R31)."""

    REGION = "region", "作出决定的教育行政部门所辖区域"
    CITY = "city", "所在设区的市全市"
    PROVINCE = "province", "全省（自治区、直辖市）"
    NATION = "nation", "全国"


class Confirmation(Term):
    """Who confirms a listing once the notice has passed (R18)."""

    PERSON = "person", "由审批人员逐一确认"
    AUTOMATIC = "automatic", "公示期满无异议自动入库"


class Holder(Term):
    """Who hands in a material: once for the organisation, or for each teacher."""

    ORGANISATION = "organisation", "机构"
    TEACHER = "teacher", "每名教师"


CATEGORY_NAMES: dict[str, str] = {
    "sports": "体育类",
    "arts": "文化艺术类",
    "comprehensive_practice": "综合实践类",
    "technology": "科技类",
}

FINDING_NAMES: dict[str, str] = {
    "missing_document": "缺少材料",
    "licence_expired": "登记证照已过期",
    "credit_code_mismatch": "统一社会信用代码与证照不一致",
    "credit_code_invalid": "统一社会信用代码无效",
    "name_mismatch": "机构名称与证照不一致",
    "legal_rep_mismatch": "法定代表人与证照不一致",
    "legal_rep_id_expired": "法定代表人身份证已过期",
    "annual_inspection_missing": "缺少年检记录",
    "annual_inspection_failed": "年检不合格",
    "annual_inspection_conditional": "年检基本合格",
    "teacher_certificate_missing": "教师缺少资格证件",
    "teacher_certificate_expired": "教师资格证件已过期",
    "teacher_certificate_level_insufficient": "社会体育指导员等级不足",
    "teacher_id_mismatch": "教师证件号码不一致",
    "teacher_material_missing": "教师缺少本地要求的材料",
    "academic_scope": "涉及学科类培训",
    "commitment_unsigned_or_unsealed": "承诺书未签字或未盖章",
    "unreadable_page": "页面无法辨认",
    "material_unsealed": "材料未盖章",
    "heritage_inheritor": "以非遗传承人等身份申报的教师",
    "lapses_before_cycle_end": "证照在遴选周期内到期",
}
