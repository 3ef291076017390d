"""The sections of an application: their pages, and which of them may be edited now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from registry.applications.completeness import FORM_ITEMS, Section
from registry.applications.queries import ApplicationView
from registry.web.components.i18n import N_


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A section: the path of its page, title and hint (Chinese messages), and whether anything is filled in."""

    key: Section
    path: str
    title: str
    hint: str
    begun: Callable[[Mapping[str, Any]], bool]


SECTIONS: tuple[SectionPage, ...] = (
    SectionPage(
        Section.BASICS,
        "form/basics",
        N_("基本信息"),
        N_("机构、法定代表人、联系人、申报类别与经营范围"),
        lambda form: bool(form["categories"] or form["business_scope"]),
    ),
    SectionPage(
        Section.COURSES,
        "form/courses",
        N_("课程"),
        N_("每门课程的名称、类别、年级、班额和价格"),
        lambda form: bool(form["courses"]),
    ),
    SectionPage(
        Section.TEACHERS,
        "form/teachers",
        N_("教师"),
        N_("参与课后服务的教师及其资格证书"),
        lambda form: bool(form["teachers"]),
    ),
    SectionPage(
        Section.COMMITMENT,
        "form/commitment",
        N_("年检与承诺"),
        N_("各年度年检（年报）情况和四项承诺"),
        lambda form: bool(form["annual_inspections"]) or any(form["declarations"].values()),
    ),
    SectionPage(
        Section.FILES,
        "files",
        N_("申报材料"),
        N_("上传一份合并 PDF，或按项分别上传"),
        lambda form: False,
    ),
)


def section_of(name: str) -> SectionPage | None:
    """The form section of a path such as ``courses``; None for any other."""
    return next((s for s in SECTIONS if s.path == f"form/{name}"), None)


def asked_sections(found: ApplicationView) -> frozenset[Section]:
    """The sections that may be edited now: all of a draft, in a correction those of the named items."""
    if found.state == "draft":
        return frozenset(Section)
    if found.state != "correction":
        return frozenset()
    items = set(found.correction_items)
    asked = set(Section) - {Section.FILES} if FORM_ITEMS & items else set()
    return frozenset(asked | ({Section.FILES} if items - {0} else set()))
