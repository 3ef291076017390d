"""What the public can see on one day: entries of every kind, a ban, an open notice. Everything is fictional."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.exits import deciding, reporting
from registry.kernel.db import rows
from registry.notices import commands as notices
from registry.notices import queries
from registry.policies.vocabulary import Ground
from registry.whitelist import commands as whitelist
from tests.factories.listed import District, Firm, make_district, set_day
from tests.factories.reviewing import Desk, make_desk

DAY = date(2022, 7, 20)
# Never to be seen in public: people, their numbers, who objects (R34).
PERSONAL = (
    "卢晓岚",
    "岑子墨",
    "蒙佳宁",
    "莫言之",
    "韦初审",
    "农复审",
    "19900001234",
    "450103199",
    "a@example.com",
)


@dataclass(frozen=True)
class Scene:
    """A district with one entry of each kind by name, and a notice that opened today."""

    district: District
    desk: Desk
    entries: dict[str, int]
    notice_id: int
    items: tuple[int, ...]
    applications: tuple[int, ...]


async def make_scene(*, policy: str = "nanning-2022", on_notice: int = 1) -> Scene:
    """The whole scene on 20 July 2022."""
    district = await make_district()
    entries = {}
    firms: dict[str, Firm] = {}
    for kind in ("listed", "suspended", "lapsed", "expired", "withdrawn", "removed"):
        firms[kind] = await district.firm(f"南宁市虚构{kind}艺术培训中心", representative=len(firms) + 1)
        entries[kind] = await district.listed(firms[kind])
    await whitelist.withdraw(firms["withdrawn"].actor, entries["withdrawn"], "停业")
    await rows(
        "UPDATE provider SET registered_until = {} WHERE id = {}", date(2022, 7, 10), firms["lapsed"].id
    )
    await rows("UPDATE entry SET ends_on = {} WHERE id = {}", date(2022, 7, 15), entries["expired"])
    await rows(
        "INSERT INTO suspension (entry, cause, reason, started_on) VALUES ({}, 'bureau', '核查', {})",
        entries["suspended"], date(2022, 7, 12),
    )  # fmt: skip
    report = reporting.Report(Ground.SUBCONTRACTED, "将课程交由他人授课", school_id=district.school_id)
    case = await reporting.report(district.school, entries["removed"], report)
    await set_day(DAY)
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "属实")
    await deciding.decide(district.approver, case, "uphold", "同意移出")
    desk = await make_desk(policy=policy, day=DAY)
    ids = [await desk.shortlisted(f"南宁公示{n}号艺术培训有限公司") for n in range(1, on_notice + 1)]
    notice_id = await notices.publish(desk.approver, desk.round_id, ids, "2022年第一批拟入围机构公示")
    items = (await queries.detail(notice_id)).items
    return Scene(
        district,
        desk,
        entries,
        notice_id,
        tuple(i.id for i in items),
        tuple(i.application_id for i in items if i.application_id),
    )
