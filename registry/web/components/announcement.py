"""A notice in Chinese as a bureau publishes it: text to copy, .docx and .xlsx to post (R15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.notices.lifecycle import NoticeKind
from registry.notices.queries import NoticeDetail
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.web.components.exports import xlsx_bytes
from registry.web.components.official_documents import new_document, paragraph, table, title, to_bytes
from registry.whitelist.yearly_reviews import ReviewOutcome

HEAD = ("序号", "机构名称", "统一社会信用代码", "拟入围类别")
REVIEWED = ("序号", "机构名称", "统一社会信用代码", "审查结果")
_OUTCOMES = {one.value: one.zh for one in ReviewOutcome}


@dataclass(frozen=True, slots=True)
class Announcement:
    """The parts of the text; ``rows`` are those of the table with the columns ``head``."""

    head: tuple[str, str, str, str]
    title: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str, str, str], ...]
    contact: str
    signature: str
    day: str

    @property
    def text(self) -> str:
        """Everything as plain text."""
        table = "\n".join("\t".join(row) for row in (self.head, *self.rows))
        paragraphs = "\n".join(f"　　{one}" for one in self.paragraphs)
        return (
            f"{self.title}\n\n{paragraphs}\n\n{table}\n\n　　{self.contact}\n\n{self.signature}\n{self.day}"
        )


def announcement(notice: NoticeDetail) -> Announcement:
    """The announcement of what was published, from the frozen snapshot; nothing that changed since is in it."""
    snapshot, row = notice.snapshot, notice.row
    providers = snapshot["providers"]
    if row.kind == NoticeKind.YEARLY_REVIEW:
        return _reviewed(notice)
    supplement = "现对其中一家机构的公示内容作出更正，重新公示如下。" if row.supplements else ""
    window = _window(notice)
    return Announcement(
        head=HEAD,
        title=row.title,
        paragraphs=(
            f"按照{snapshot['list']}{snapshot['round']}的有关规定，经机构申报、材料核验、初审和复审，"
            f"下列 {len(providers)} 家机构拟入围，现予公示。{supplement}",
            window,
            "公示期内，任何单位和个人对公示的机构有异议的，请按规定向我单位提出，并写明具体事实和依据。"
            "我单位对反映人的信息予以保密。",
        ),
        rows=tuple(
            (
                str(number),
                one["name"],
                one["credit_code"],
                "、".join(CATEGORY_NAMES.get(c, c) for c in one["categories"]),
            )
            for number, one in enumerate(providers, 1)
        ),
        contact=f"联系电话：{notice.contact}",
        signature=snapshot["bureau"],
        day=_zh(row.published_on),
    )


def _reviewed(notice: NoticeDetail) -> Announcement:
    snapshot = notice.snapshot
    providers = snapshot["providers"]
    passed = sum(one["outcome"] == "passed" for one in providers)
    told = f"其中合格 {passed} 家" + (
        f"，不合格 {len(providers) - passed} 家" if passed < len(providers) else ""
    )
    return Announcement(
        head=REVIEWED,
        title=notice.row.title,
        paragraphs=(
            f"按照{snapshot['list']}的有关规定，我单位对下列 {len(providers)} 家在册机构进行了年度审查，{told}，现予公示。",
            _window(notice),
            "公示期内，任何单位和个人对审查结果有异议的，请向我单位反映，并写明具体事实和依据。我单位对反映人的信息予以保密。",
        ),
        rows=tuple(
            (str(number), one["name"], one["credit_code"], _OUTCOMES[one["outcome"]])
            for number, one in enumerate(providers, 1)
        ),
        contact=f"联系电话：{notice.contact}",
        signature=snapshot["bureau"],
        day=_zh(notice.row.published_on),
    )


def _window(notice: NoticeDetail) -> str:
    row = notice.row
    counted = "公示发布当日计入" if notice.publication_day_counts else "公示发布当日不计入"
    span = f"公示期为 {notice.working_days} 个工作日（{_zh(row.published_on)}发布，{counted}）"
    if row.provisional:
        return f"{span}，预计至{_zh(row.last_day)}止；当年放假安排公布后确定。"
    return f"{span}，至{_zh(row.last_day)}止。"


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def docx_bytes(made: Announcement) -> bytes:
    """The announcement as a Word file in the fonts of official documents."""
    document = new_document()
    title(document, made.title)
    for text in made.paragraphs:
        paragraph(document, text, indent=True)
    table(document, made.head, made.rows, (1.4, 6.6, 4.6, 3))
    paragraph(document, "")
    paragraph(document, made.contact, indent=True)
    for text in (made.signature, made.day):
        paragraph(document, text, right=True)
    return to_bytes(document)


def xlsx_of(made: Announcement) -> bytes:
    """The announcement's table as a workbook, its text above."""
    rows = [(int(number), name, code, last) for number, name, code, last in made.rows]
    return xlsx_bytes("公示", made.head, rows, head=(made.title, *made.paragraphs, ""))
