"""What a school and the provider do with a contract."""

from __future__ import annotations

from datetime import date

from registry.entrypoints.demo.journey.browser import Page, Person
from registry.entrypoints.demo.journey.officials import number_in

PRECONDITIONS = ("parents_consulted", "plan_published", "liability_insurance")


def draft(
    person: Person,
    entry_id: int,
    starts_on: date,
    ends_on: date,
    category: str,
    course: str,
    *,
    expect: int | None = 200,
) -> Page:
    """Draft a contract under an entry."""
    page = person.open(f"/school/contracts/new?entry={entry_id}")
    fields = {
        "category": category,
        "course_title": course,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
        "fee": "40",
    }
    return person.press(page, "/school/contracts/new", fields, expect=expect)


def prepare(person: Person, contract_id: int, day: date, scan: bytes) -> None:
    """Record every precondition, name one person, upload the sealed scan."""
    base = f"/school/contracts/{contract_id}"
    for kind in PRECONDITIONS:
        page = person.open(f"{base}/preconditions/{kind}")
        person.press(
            page, f"/preconditions/{kind}", {"met_on": day.isoformat(), "note": "已按程序完成并留存材料。"}
        )
    page = person.open(f"{base}/people")
    person.press(
        page,
        f"{base}/people",
        {
            "people-0-name": "卢云飞",
            "people-0-id_number": "452122198005169995",
            "people-0-certificate": "社会体育指导员证书",
            "people-0-health_checked_on": day.isoformat(),
            "people-0-record_queried_on": day.isoformat(),
        },
    )
    page = person.open(f"{base}/scan")
    person.press(page, f"{base}/scan", files={"scan": ("盖章合同.pdf", scan, "application/pdf")})


def offer(person: Person, contract_id: int) -> Page:
    """Confirm for the school and send the contract to the provider."""
    page = person.open(f"/school/contracts/{contract_id}")
    return person.press(page, f"/school/contracts/{contract_id}/offer")


def sign(person: Person, contract_id: int, *, expect: int | None = 200) -> Page:
    """Confirm for the provider: the contract is signed."""
    page = person.open(f"/provider/contracts/{contract_id}")
    return person.press(page, f"/{contract_id}/sign", {"read": "1"}, expect=expect)


def report(person: Person, entry_id: int) -> Page:
    """Report a ground for exit, with facts."""
    page = person.open(f"/school/reports/new?entry={entry_id}")
    fields = {"ground": "subcontracted", "facts": "该机构未经学校同意，将课程交由其他公司人员授课，已核实。"}
    return person.press(page, "/school/reports/new", fields)


def contract_number(page: Page) -> int:
    """The contract a page is about."""
    return number_in(page.path)
