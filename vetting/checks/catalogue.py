"""Every finding that vetting can make: code, rule, severity, and its sentence in Chinese and English.

A code may carry a detail after a colon (``missing_document:commitment``); the catalogue knows the part
before it. Sentences are filled from the finding's ``params``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vetting.intake.notes import NOTE_KINDS
from vetting.model import Evidence, Finding, Severity, VettingPolicy

BLOCK, WARN, INFO = Severity.BLOCK, Severity.WARN, Severity.INFO

DOCUMENT_NAMES: Mapping[str, tuple[str, str]] = {
    "application_form": ("申请表", "application form"),
    "subject_certificate": ("营业执照（或民办非企业单位、社会团体登记证书）", "registration certificate"),
    "credit_code_certificate": ("统一社会信用代码证", "credit code certificate"),
    "legal_rep_id": (
        "法定代表人（或委托代理人）身份证",
        "identity card of the legal representative or agent",
    ),
    "business_licence": ("营业执照", "business licence"),
    "private_nonenterprise_certificate": ("民办非企业单位登记证书", "private non-enterprise registration"),
    "social_organization_certificate": ("社会团体法人登记证书", "social organisation registration"),
    "name_change_notice": ("名称变更通知书", "notice of a change of name"),
    "resident_id": ("居民身份证", "resident identity card"),
    "authorization_letter": ("授权委托书", "power of attorney"),
    "teacher_roster": ("教师名册", "teacher roster"),
    "teacher_qualification": ("教师资格证书", "teacher qualification certificate"),
    "skill_certificate": ("专业技能（职业资格）证书", "vocational skill certificate"),
    "sports_instructor_certificate": ("社会体育指导员证书", "sports instructor certificate"),
    "heritage_inheritor_certificate": ("非物质文化遗产传承人证书", "heritage inheritor certificate"),
    "annual_inspection": ("年检（年报、抽查）材料", "annual inspection"),
    "service_plan": ("课后服务工作方案", "service plan"),
    "commitment": ("承诺书", "commitment"),
    "school_licence": ("办学许可证", "school licence"),
    "no_criminal_record_certificate": ("无犯罪记录证明", "no-criminal-record certificate"),
    "no_criminal_record": ("无犯罪记录证明", "no-criminal-record certificate"),
    "labour_contract": ("劳动合同", "labour contract"),
}

FIELD_NAMES: Mapping[str, tuple[str, str]] = {
    "name": ("名称（姓名）", "name"),
    "credit_code": ("统一社会信用代码", "credit code"),
    "legal_representative": ("法定代表人", "legal representative"),
    "id_number": ("身份证号码", "ID number"),
    "valid_until": ("有效期", "validity"),
    "level": ("等级", "level"),
    "years": ("年度及结论", "years and results"),
    "business_scope": ("经营（业务）范围", "business scope"),
    "signed": ("签字", "signature"),
    "sealed": ("盖章", "seal"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of finding. ``rule`` is where it comes from (R…); ``zh`` and ``en`` are templates."""

    code: str
    rule: str
    severity: Severity
    zh: str
    en: str


ENTRIES: Mapping[str, Entry] = {
    e.code: e
    for e in (
        Entry("missing_document", "R6", BLOCK, "缺少材料：未找到{document}。{hint}", "Missing material: no {document} was found. {hint}"),
        Entry("licence_expired", "R10", BLOCK, "{document}有效期至{valid_until}，在{as_of}之前已到期。", "The {document} was valid until {valid_until}, which is before {as_of}."),
        Entry("credit_code_mismatch", "R9", BLOCK, "统一社会信用代码不一致：填报为{typed}，{document}上为{printed}。", "Credit codes differ: {typed} was entered, the {document} shows {printed}."),
        Entry("credit_code_invalid", "R4", BLOCK, "填报的统一社会信用代码{typed}有误：{reason}。", "The credit code entered, {typed}, is not valid: {reason}."),
        Entry("name_mismatch", "R9", BLOCK, "机构名称不一致：填报为“{typed}”，{document}上为“{printed}”，且无名称变更证明。", "Names differ: “{typed}” was entered, the {document} shows “{printed}”, and no change notice explains it."),
        Entry("name_change_explained", "R6", INFO, "{document}上为原名称“{printed}”，名称变更通知书说明已变更为“{typed}”。", "The {document} shows the former name “{printed}”; a change notice explains the change to “{typed}”."),
        Entry("legal_rep_mismatch", "R9", BLOCK, "法定代表人不一致：填报为{typed}，{document}上为{printed}。", "Legal representatives differ: {typed} was entered, the {document} shows {printed}."),
        Entry("legal_rep_id_expired", "R10", WARN, "身份证有效期至{valid_until}，在{as_of}之前已到期。", "The identity card was valid until {valid_until}, which is before {as_of}."),
        Entry("authorization_expired", "R10", WARN, "授权委托书有效期至{valid_until}，在{as_of}之前已到期。", "The power of attorney was valid until {valid_until}, which is before {as_of}."),
        Entry("annual_inspection_missing", "R2", BLOCK, "年检材料中没有{year}年度的记录。", "The inspection material has no record of {year}."),
        Entry("annual_inspection_failed", "R2", BLOCK, "{year}年度年检结论为“{printed}”，不是合格。", "The inspection of {year} ended with “{printed}”, which is not a pass."),
        Entry("annual_inspection_conditional", "R2", BLOCK, "{year}年度年检结论为“{printed}”，基本合格不视为合格。", "The inspection of {year} ended with “{printed}”, which does not count as a pass."),
        Entry("teacher_certificate_missing", "R6", WARN, "教师{teacher}没有提供资格证件。", "There is no certificate for the teacher {teacher}."),
        Entry("teacher_certificate_expired", "R10", WARN, "教师{teacher}的{document}有效期至{valid_until}，在{as_of}之前已到期。", "The {document} of the teacher {teacher} was valid until {valid_until}, which is before {as_of}."),
        Entry("teacher_certificate_level_insufficient", "R6", WARN, "教师{teacher}的社会体育指导员等级为“{level}”，低于要求的二级。", "The teacher {teacher} is a sports instructor of “{level}”, below the second level required."),
        Entry("teacher_id_mismatch", "R9", WARN, "教师{teacher}的身份证号码不一致：填报为{typed}，{document}上为{printed}。", "ID numbers of the teacher {teacher} differ: {typed} was entered, the {document} shows {printed}."),
        Entry("teacher_material_missing", "R6", WARN, "未找到教师{teacher}的{document}。", "No {document} was found for the teacher {teacher}."),
        Entry("heritage_inheritor", "R6", INFO, "教师{teacher}持非物质文化遗产传承人证书，无其他资格证件，可由审核人员说明理由后准予。", "The teacher {teacher} is a recognised heritage inheritor without another certificate; a reviewer may admit them with a reason."),
        Entry("academic_scope", "R1", BLOCK, "{document}含有学科类培训内容：{terms}。", "The {document} includes teaching of academic subjects: {terms}."),
        Entry("commitment_unsigned_or_unsealed", "R6", BLOCK, "承诺书{lack}。", "The commitment is {lack}."),
        Entry("material_unsealed", "R6", INFO, "{document}未见机构公章。", "No seal of the organisation was found on the {document}."),
        Entry("unreadable_page", "R11", WARN, "第{page}页无法辨认，请人工查看或请机构重新提交。", "Page {page} cannot be read: look at it, or ask for a better copy."),
        Entry("unreadable_field", "R11", WARN, "{document}上的“{field}”未能可靠辨认（读作“{printed}”），请人工核对。", "“{field}” on the {document} could not be read with confidence (read as “{printed}”): check it by eye."),
        Entry("unassigned_page", "R11", INFO, "第{page}页不属于任何已知材料，请人工查看。", "Page {page} belongs to no known material: look at it."),
        Entry("lapses_before_cycle_end", "R10", INFO, "{document}将于{valid_until}到期，早于本周期结束日{cycle_ends}。", "The {document} lapses on {valid_until}, before the cycle ends on {cycle_ends}."),
        Entry("hidden_text", "R11", WARN, "第{page}页含有看不见的文字，与页面图像不一致，请人工查看。", "Page {page} holds text that is not shown and does not agree with the image: look at it."),
        Entry("blank_page", "R7", INFO, "第{page}页为空白页。", "Page {page} is blank."),
        Entry("duplicate_page", "R7", INFO, "第{page}页与第{original}页重复。", "Page {page} repeats page {original}."),
        Entry("rotated_page", "R7", INFO, "第{page}页被旋转{degrees}度，已转正后识别。", "Page {page} is turned by {degrees} degrees; it was read upright."),
        Entry("documents_out_of_order", "R6", INFO, "材料未按规定顺序排列：{document}（第{page}页）位置靠后。", "The material is not in the prescribed order: the {document} (page {page}) comes late."),
        Entry("superseded_document", "R7", INFO, "第{page}页的{document}是旧证，已有更新的证书，核验以新证为准。", "The {document} on page {page} was superseded by a newer one, which is the one vetted."),
        Entry("file_refused", "R7", WARN, "文件“{file}”不予受理，未核验：{detail}", "The file “{file}” was not taken and not vetted: {detail}"),
        Entry("file_note", "R11", WARN, "文件“{file}”需要人工查看：{detail}。", "The file “{file}” needs a look: {detail}."),
        *(Entry(code, "R11", kind.severity, f"文件“{{file}}”：{kind.chinese}", f"“{{file}}”: {kind.english}") for code, kind in NOTE_KINDS.items()),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """What a check answers: the code with its detail, what fills the sentence, where it was read.

    ``severity`` is given only where the case itself lowers it.
    """

    code: str
    params: Mapping[str, str]
    evidence: Sequence[Evidence] = ()
    severity: Severity | None = None

    @property
    def base(self) -> str:
        """The code without its detail."""
        return self.code.partition(":")[0]


def document_name(type_: str, language: str = "zh") -> str:
    """The name of a type of document in Chinese or English."""
    names = DOCUMENT_NAMES.get(type_)
    return type_ if names is None else names[0 if language == "zh" else 1]


def field_name(field: str, language: str = "zh") -> str:
    """The name of a field in Chinese or English."""
    names = FIELD_NAMES.get(field)
    return field if names is None else names[0 if language == "zh" else 1]


def sentence(code: str, params: Mapping[str, str], language: str = "zh") -> str:
    """The sentence of a finding; ``document`` and ``field`` in ``params`` are codes that are named here."""
    entry = entry_of(code)
    words = {k: str(v) for k, v in params.items()}
    if "document" in words:
        words["document"] = document_name(words["document"], language)
    if "field" in words:
        words["field"] = field_name(words["field"], language)
    for key in ("reason", "lack", "hint"):
        if key in words:
            words[key] = _PHRASES.get(words[key], (words[key], words[key]))[0 if language == "zh" else 1]
    template = entry.zh if language == "zh" else entry.en
    return template.format_map(_Blank(words)).strip()


def entry_of(code: str) -> Entry:
    """The catalogue's entry for a code with or without detail; ``file_note`` for what it does not know."""
    return ENTRIES.get(code.partition(":")[0], ENTRIES["file_note"])


def finding(draft: Draft, policy: VettingPolicy) -> Finding:
    """A finding as the reviewer sees it. The policy's severity wins over the case's and the catalogue's (R30).

    A severity that a check lowered to info stays info: it says that nothing is wrong.
    """
    entry = entry_of(draft.code)
    severity = (
        policy.severities.get(draft.code)
        or policy.severities.get(draft.base)
        or draft.severity
        or entry.severity
    )
    if draft.severity is INFO:
        severity = INFO
    return Finding(
        draft.code,
        severity,
        entry.rule,
        sentence(draft.code, draft.params),
        tuple(draft.evidence),
        dict(draft.params),
    )


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


_PHRASES: Mapping[str, tuple[str, str]] = {
    "letter": (
        "含有代码中不会出现的字母（I、O、S、V、Z）",
        "it holds a letter that no code has (I, O, S, V, Z)",
    ),
    "length": ("不是18位", "it does not have 18 characters"),
    "check_character": ("校验码不符", "its check character is wrong"),
    "unsigned": ("未签字", "not signed"),
    "unsealed": ("未盖章", "not sealed"),
    "unsigned_and_unsealed": ("未签字、未盖章", "neither signed nor sealed"),
    "maybe_unreadable": (
        "有页面无法辨认，该材料可能就在其中。",
        "A page could not be read; the material may be there.",
    ),
    "": ("", ""),
}
