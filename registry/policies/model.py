"""The typed model of a policy: every value a jurisdiction may set, with its meaning and unit (R30).

A *leaf* is one value that a policy file states or inherits. Its key is the path of the attribute, so
``policy.notice.working_days`` is written ``[notice] working_days = { value = 5, source = "S1 三" }``.
"""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints, model_validator

from registry.policies.vocabulary import (
    CATEGORY_NAMES,
    Confirmation,
    Ground,
    Holder,
    InspectionProof,
    InspectionRule,
    ListKind,
    Precondition,
    Reach,
    Severity,
)

NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,62}$"
CODE_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"
# Text that people read: one line, nothing invisible that could change how a page reads.
TEXT_PATTERN = r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*$"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=TEXT_PATTERN)]
FindingCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}(:[a-z0-9_]{1,63})?$")]
CalendarId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,8}){0,2}$")]
DivisionCode = Annotated[str, StringConstraints(pattern=r"^(\d{6}|\d{9}|\d{12})$")]
MonthDay = Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$")]
TermDays = Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}/\d{2}-\d{2}$")]
Days = Annotated[StrictInt, Field(ge=1, le=60)]
Years = Annotated[StrictInt, Field(ge=1, le=20)]


class Part(BaseModel):
    """A table of a policy: nothing beyond its leaves may stand in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def leaf(meaning: str, unit: str = "") -> Any:
    """Declare a value of the policy: what it means in Chinese, and its unit."""
    return Field(description=meaning, json_schema_extra={"unit": unit})


class Source(Part):
    """A document that a policy takes its values from."""

    title: Text
    note: Text | None = None


class Stated(Part):
    """Where a value comes from: the policy that sets it and, where a document states it, the passage."""

    policy: Name
    source: Text | None = None


class Material(Part):
    """A required material (R6).

    ``documents`` are the document types of vetting that satisfy it, ``per`` who hands it in.
    """

    code: Code
    name: Text
    documents: tuple[Code, ...] = ()
    per: Holder = Holder.ORGANISATION
    note: Text | None = None


class NoticePolicy(Part):
    """Public notice (R15)."""

    working_days: Days = leaf("公示期", "个工作日")
    publication_day_counts: StrictBool = leaf("公示发布当日是否计入公示期")


class ObjectionPolicy(Part):
    """What an objection must carry to be admitted, and the provider's time to answer it (R17)."""

    written: StrictBool = leaf("异议须以书面形式提出")
    facts_required: StrictBool = leaf("异议须有具体事实或证据")
    real_name_required: StrictBool = leaf("个人提出异议须署真实姓名")
    contact_required: StrictBool = leaf("异议须留联系方式")
    organisation_seal_required: StrictBool = leaf("单位提出异议须加盖本单位印章")
    refuse_otherwise: StrictBool = leaf("不符合上述条件的异议不予受理")
    answer_days: Days = leaf("机构答复异议的期限，答复前且期限未满不得认定异议成立", "个工作日")


class YearlyReviewPolicy(Part):
    """Review of those listed, once a year within a cycle."""

    required: StrictBool = leaf("对在库机构开展年度审查")
    noticed: StrictBool = leaf("年度审查结果须公示")


class InspectionPolicy(Part):
    """Annual inspections (R2)."""

    years: Annotated[StrictInt, Field(ge=0, le=5)] = leaf("核查年检的年数", "年")
    rule: InspectionRule = leaf("年检要求")
    proofs: Annotated[tuple[InspectionProof, ...], Field(min_length=1)] = leaf("可作年检证明的材料")


class PaperPolicy(Part):
    """Applications on paper beside the electronic ones (R8)."""

    accepted: StrictBool = leaf("接收纸质申报材料并验证原件")
    prevails: StrictBool = leaf("电子版与纸质版不一致时以纸质版为准")


class ContractPolicy(Part):
    """Contracts between schools and providers (R23, R24)."""

    max_years: Years = leaf("合同最长期限", "年")
    by_school_year: StrictBool = leaf("合同期限原则上按学年度计算")
    school_year_end: MonthDay = leaf("学年结束日（月-日）")
    preconditions: tuple[Precondition, ...] = leaf("学校签订合同的前置条件")
    township_parents_share: Annotated[str, StringConstraints(pattern=r"^\d{1,2}/\d{1,2}$")] = leaf(
        "乡镇学校：家长委员会未提出申请时，签字家长须超过的比例"
    )
    term_accounts_published: StrictBool = leaf("每学期末向家长公示成本和收支")
    clearance_months: Annotated[StrictInt, Field(ge=1, le=60)] = leaf(
        "入校人员健康查验和违法犯罪记录查询的有效期", "个月"
    )

    @property
    def school_year_ends_on(self) -> tuple[int, int]:
        """Month and day on which a school year ends."""
        month, day = self.school_year_end.split("-")
        return int(month), int(day)

    @property
    def township_parents_fraction(self) -> Fraction:
        """The share of parents that must be exceeded, where the committee did not apply."""
        return Fraction(self.township_parents_share)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        month, day = self.school_year_ends_on
        try:
            date(2023, month, day)
        except ValueError:
            raise ValueError("school_year_end：不是每年都有的日期") from None
        above, below = self.township_parents_share.split("/")
        if int(below) == 0 or int(above) >= int(below):
            raise ValueError("township_parents_share：必须是小于 1 的分数")
        return self


class ExitPolicy(Part):
    """Exit cases (R27)."""

    answer_days: Days = leaf("机构书面陈述申辩的期限", "个工作日")
    termination_suspends: StrictBool = leaf("学校以退出情形终止合同的，立即暂停该机构")


class BanPolicy(Part):
    """Bans after an exit (R28, R31)."""

    years: Years = leaf("禁入期限", "年")
    reach: Reach = leaf("禁入效力范围")
    recognised: tuple[DivisionCode, ...] = leaf("认可其禁入决定的其他地区（行政区划代码）")


class EvaluationPolicy(Part):
    """Evaluations by schools (R25)."""

    terms: Annotated[tuple[TermDays, ...], Field(min_length=1, max_length=4)] = leaf(
        "评价学期（首日/末日，月-日）"
    )
    shortest_days: Annotated[StrictInt, Field(ge=1, le=180)] = leaf(
        "合同在一个学期内服务满此天数方作评价", "天"
    )
    opens_days: Annotated[StrictInt, Field(ge=0, le=90)] = leaf("服务或学期结束前多少天起可以评价", "天")
    due_days: Annotated[StrictInt, Field(ge=0, le=180)] = leaf("服务或学期结束后完成评价的期限", "天")
    reminder_days: Annotated[
        tuple[Annotated[StrictInt, Field(ge=0, le=180)], ...], Field(min_length=1, max_length=6)
    ] = leaf("评价期满前的提醒", "天")
    answer_days: Days = leaf("机构对评价作出说明的期限，期满或说明后计入公开评分", "个工作日")
    scored_terms_for_average: Annotated[StrictInt, Field(ge=1, le=20)] = leaf(
        "公开平均分所需的评价学期数", "个学期"
    )
    satisfaction_threshold: Annotated[StrictInt, Field(ge=0, le=100)] = leaf(
        "家长满意度低于此值可启动退出程序", "%"
    )

    @property
    def term_spans(self) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
        """Each term's first and last day as (month, day); the first term begins the school year."""
        return tuple(
            (_month_day(first), _month_day(last)) for first, _, last in (t.partition("/") for t in self.terms)
        )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        # As days since the first term began: what begins before the one before it ended overlaps.
        begin = None
        over = -1
        for first, last in self.term_spans:
            try:
                day, end = date(2023, *first), date(2023, *last)
            except ValueError:
                raise ValueError("terms：不是每年都有的日期") from None
            begin = begin or day
            starts, ends = (day - begin).days % 365, (end - begin).days % 365
            if starts <= over or ends < starts:
                raise ValueError("terms：学期须按先后排列，首尾不得颠倒或重叠")
            over = ends
        if list(self.reminder_days) != sorted(set(self.reminder_days), reverse=True):
            raise ValueError("reminder_days：须从大到小排列，不得重复")
        return self


class ComplaintPolicy(Part):
    """Complaints about listed providers (R25)."""

    real_name_required: StrictBool = leaf("个人投诉须署真实姓名")
    contact_required: StrictBool = leaf("投诉须留联系方式")
    acceptance_days: Days = leaf("决定是否受理投诉的期限", "个工作日")
    answer_days: Days = leaf("机构答复投诉的期限", "个工作日")
    closing_days: Days = leaf("受理后办结投诉的期限", "个工作日")


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


class PolicyValues(Part):
    """All values of a policy. Sections are nested; every other field is a leaf."""

    calendar: CalendarId = leaf("工作日历")
    notice: NoticePolicy
    objections: ObjectionPolicy
    listing_confirmation: Confirmation = leaf("公示期满后的入库认定方式")
    cycle_years: Years = leaf("遴选周期", "年")
    yearly_review: YearlyReviewPolicy
    categories: Annotated[tuple[Code, ...], Field(min_length=1)] = leaf("可申报的服务类别")
    category_names: dict[Code, Text] = leaf("本地增设类别的名称")
    base_materials: Annotated[tuple[Material, ...], Field(min_length=1)] = leaf("申报材料（按顺序编号）")
    extra_materials: tuple[Material, ...] = leaf("本地增加的申报材料")
    inspection: InspectionPolicy
    heritage_teachers_admitted: StrictBool = leaf("非遗传承人等民间艺人可由审核人员说明理由后放宽证件条件")
    paper: PaperPolicy
    correction_days: Days = leaf("补正材料的期限", "个工作日")
    second_look_days: Days = leaf("申请复核的期限", "个工作日")
    contract: ContractPolicy
    evaluation: EvaluationPolicy
    complaint: ComplaintPolicy
    exit: ExitPolicy
    exit_grounds: Annotated[tuple[Ground, ...], Field(min_length=1)] = leaf("退出情形")
    ban: BanPolicy
    list_hits: dict[ListKind, Severity] = Field(description="命中“{}”")
    auto_suspension: tuple[ListKind, ...] = leaf("代码完全一致即自动暂停的名单")
    import_threshold: Annotated[StrictInt, Field(ge=0, le=1000)] = leaf(
        "一次名单导入自动暂停超过此数须两人确认", "家"
    )
    list_refresh_days: Annotated[StrictInt, Field(ge=1, le=730)] = leaf(
        "名单超过此天数未更新即视为过期", "天"
    )
    warning_days: Annotated[tuple[Annotated[StrictInt, Field(ge=0, le=730)], ...], Field(min_length=1)] = (
        leaf("证照到期前的提醒", "天")
    )
    finding_severities: dict[FindingCode, Severity] = Field(description="核验发现“{}”")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        problems = [
            f"categories：类别 {code} 没有名称，请在 category_names 中写明"
            for code in self.categories
            if code not in CATEGORY_NAMES and code not in self.category_names
        ]
        for key, values in (
            ("categories", self.categories),
            (
                "base_materials/extra_materials",
                tuple(m.code for m in self.base_materials + self.extra_materials),
            ),
            ("exit_grounds", self.exit_grounds),
            ("auto_suspension", self.auto_suspension),
            ("warning_days", self.warning_days),
            ("contract.preconditions", self.contract.preconditions),
        ):
            doubled = sorted({str(value) for value in values if values.count(value) > 1})
            if doubled:
                problems.append(f"{key}：重复 {'、'.join(doubled)}")
        if list(self.warning_days) != sorted(self.warning_days, reverse=True):
            problems.append("warning_days：须从大到小排列")
        missing = [kind.value for kind in ListKind if kind not in self.list_hits]
        if missing:
            problems.append(f"list_hits：缺少 {'、'.join(missing)}")
        if self.yearly_review.noticed and not self.yearly_review.required:
            problems.append("yearly_review.noticed：未开展年度审查，无从公示")
        if problems:
            raise ValueError("\n".join(problems))
        return self


class Policy(PolicyValues):
    """A policy as the rules use it: values as plain attributes, and where each comes from.

    ``stated`` has one entry for each leaf key; ``version`` is a hash of the content.
    """

    name: Name
    title: Text
    inherits: Name | None = None
    sources: dict[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,12}$")], Source]
    stated: dict[str, Stated]
    version: str = ""

    @property
    def materials(self) -> tuple[tuple[int, Material], ...]:
        """Required materials with their item numbers, in the prescribed order (R6)."""
        return tuple(enumerate(self.base_materials + self.extra_materials, start=1))

    @property
    def required_documents(self) -> tuple[str, ...]:
        """Codes of all required materials, in order."""
        return tuple(material.code for _, material in self.materials)

    @property
    def documents_per_teacher(self) -> tuple[str, ...]:
        """Codes of the required materials that each teacher hands in."""
        return tuple(material.code for _, material in self.materials if material.per is Holder.TEACHER)

    def category_name(self, code: str) -> str:
        """The Chinese name of a category; the code itself where nobody named it."""
        return self.category_names.get(code) or CATEGORY_NAMES.get(code) or code

    def is_stated(self, key: str) -> bool:
        """Whether the sources of this very policy state the value at ``key`` (R30)."""
        entry = self.stated[key]
        return entry.policy == self.name and entry.source is not None


def valid_name(name: str) -> bool:
    """Whether ``name`` can be the name of a policy."""
    return re.fullmatch(NAME_PATTERN, name) is not None
