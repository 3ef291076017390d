"""A contract as a Word file, filled in: for both sides to print, seal and scan (R22–R24, R26, R27, R32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from docx.document import Document as DocumentFile

from registry.contracts.people import Person
from registry.contracts.queries import PreconditionView
from registry.contracts.records import Contract
from registry.contracts.varying import Variation
from registry.policies import Policy
from registry.web.components.formats import mask_id
from registry.web.components.official_documents import (
    heading,
    new_document,
    paragraph,
    table,
    title,
    to_bytes,
)

_BLANK = "＿＿＿＿＿＿"


def contract_docx(
    contract: Contract,
    policy: Policy,
    preconditions: Mapping[str, str],
    recorded: Mapping[str, PreconditionView],
    people: Sequence[Person],
) -> bytes:
    """The contract with everything that is known filled in. ID numbers are masked: the file travels."""
    document = new_document()
    title(document, "课后服务合同")
    paragraph(document, f"合同编号：{contract.number}", right=True, size=14)
    for text in (
        f"甲方（学校）：{contract.school_name}",
        f"乙方（机构）：{contract.provider_name}",
        f"乙方统一社会信用代码：{contract.credit_code}",
        f"乙方在册证书编号：{contract.certificate_number}（{contract.list_name}）",
    ):
        paragraph(document, text)
    paragraph(document, "甲乙双方经协商一致，就课后服务订立本合同。", indent=True)
    heading(document, "一、服务内容和期限")
    category = policy.category_name(contract.category)
    paragraph(document, f"乙方为甲方提供“{contract.course_title}”课程（类别：{category}）。", indent=True)
    paragraph(
        document,
        f"服务期限自 {_zh(contract.starts_on)} 起至 {_zh(contract.ends_on)} 止，首尾两日均计入。"
        f"合同期限不超过 {policy.contract.max_years} 年。",
        indent=True,
    )
    heading(document, "二、收费")
    paragraph(document, _fee(contract.fee_cents), indent=True)
    if policy.contract.term_accounts_published:
        paragraph(document, "每学期末，甲方向家长公示成本和收支情况。", indent=True)
    heading(document, "三、签约前已完成的事项")
    for code, name in preconditions.items():
        done = recorded.get(code)
        paragraph(document, f"{name}：{_zh(done.met_on) + '完成' if done else _BLANK}", indent=True)
    heading(document, "四、入校服务人员")
    paragraph(
        document,
        "下列人员的资格证件、健康状况和违法犯罪记录查询已按规定登记。人员变动的，乙方应先报甲方并重新登记。",
        indent=True,
    )
    table(
        document,
        ("姓名", "身份证号码", "资格证件", "健康查验日期", "违法犯罪记录查询日期"),
        [
            (
                one.name,
                mask_id(one.id_number),
                one.certificate,
                one.health_checked_on.isoformat() if one.health_checked_on else "",
                one.record_queried_on.isoformat() if one.record_queried_on else "",
            )
            for one in people
        ]
        or [("", "", "", "", "")],
        (2.4, 4.2, 3.6, 2.7, 2.7),
    )
    heading(document, "五、双方约定")
    for text in (
        "乙方须在签约之日和服务首日均在册且可签约；服务首日不在册的，不得开展服务。",
        "乙方不得转包、分包，不得开展学科类培训，不得向学生推销。",
        "乙方被移出名单的，甲方终止本合同，双方按交接清单办理学生安置、退费和场地交接。",
        f"合同的变更须双方书面同意，变更后的期限自服务首日起仍不超过 {policy.contract.max_years} 年；续签另立合同。",
    ):
        paragraph(document, text, indent=True)
    _signatures(document)
    return to_bytes(document)


def variation_docx(contract: Contract, variation: Variation) -> bytes:
    """A supplementary agreement with the change filled in."""
    document = new_document()
    title(document, "补充协议")
    paragraph(document, f"合同编号：{contract.number}（第 {variation.number} 次变更）", right=True, size=14)
    paragraph(document, f"甲方（学校）：{contract.school_name}")
    paragraph(document, f"乙方（机构）：{contract.provider_name}")
    paragraph(document, "甲乙双方经协商一致，对上述合同作如下变更，其余内容不变：", indent=True)
    rows = [
        (name, before, after)
        for name, before, after in (
            ("课程", variation.was_course_title, variation.course_title),
            ("终止日", _zh(variation.was_ends_on), _zh(variation.ends_on)),
            ("收费", _fee(variation.was_fee_cents), _fee(variation.fee_cents)),
        )
        if before != after
    ]
    table(document, ("事项", "原约定", "变更为"), rows, (3, 6.3, 6.3))
    paragraph(document, "")
    paragraph(document, f"变更理由：{variation.reason}", indent=True)
    paragraph(document, "本协议自双方盖章并在系统中确认之日起生效。", indent=True)
    _signatures(document)
    return to_bytes(document)


def _signatures(document: DocumentFile) -> None:
    paragraph(document, "")
    table(
        document,
        ("甲方（盖章）", "乙方（盖章）"),
        [(f"代表：{_BLANK}", f"代表：{_BLANK}"), ("日期：　　年　　月　　日", "日期：　　年　　月　　日")],
        (7.8, 7.8),
    )


def _fee(cents: int | None) -> str:
    if cents is None:
        return "未约定收费"
    return "不收费" if cents == 0 else f"每课时人民币 {cents / 100:.2f} 元"


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
