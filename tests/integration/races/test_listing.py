"""An objection against the closing of the window, an import against a listing (R17, R18, R20)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import RegistryError, RuleRefusal
from registry.notices import objections
from registry.notices.objections import ObjectionInput, Receipt
from registry.notices.rules import ObjectorKind
from registry.whitelist import list_hits
from registry.whitelist.list_imports import import_list
from registry.whitelist.listing import list_application
from tests.factories.listed import START, District, account, make_district
from tests.factories.lists import list_file
from tests.integration.races.meeting import RACES, Meeting, one, says_what_happened, turn_to

OBJECTION = ObjectionInput(ObjectorKind.PERSON, "甘语晴", "19900005678", "去年收费未退")


async def test_an_objection_against_the_closing_of_the_window() -> None:
    """The day turns while somebody objects; then the listing is confirmed. One of the two gets through."""
    meeting, district = Meeting("objection against closing"), await make_district()
    for number in range(RACES):
        await turn_to(START - timedelta(days=1))
        application = await district.on_notice(
            await district.firm(f"机构{number}", representative=number + 1)
        )
        item = (await one("SELECT id FROM notice_item WHERE application = {}", application))["id"]

        async def close(application: int = application) -> int:
            await turn_to(START)
            return await list_application(district.approver, application, "期满")

        objected, listed = await meeting.of(objections.file(Actor.public(), item, OBJECTION), close())
        found = await one(
            "SELECT a.state, (SELECT count(*) FROM objection o WHERE o.item = {}) AS n FROM application a WHERE a.id = {}",
            item,
            application,
        )
        if isinstance(objected, Receipt):
            assert isinstance(listed, RuleRefusal), "listed over an open objection"
            assert listed.rule == "R17"
            says_what_happened(listed)
            assert found == {"state": "on_notice", "n": 1}
        else:
            assert isinstance(listed, int), (objected, listed)
            says_what_happened(objected)
            assert found == {"state": "listed", "n": 0}
        meeting.ways[found["state"]] += 1
    meeting.end()


async def test_an_import_against_a_listing() -> None:
    """Whoever is on the list is not listed; who was listed a moment before is suspended when the lists are followed."""
    meeting, district = Meeting("import against listing"), await make_district()
    admin = await account("管理", Membership(Role.BUREAU_ADMIN, bureau_id=district.bureau_id))
    for number in range(RACES):
        firm = await district.firm(f"机构{number}", representative=number + 1)
        application = await district.on_notice(firm)
        file = list_file({"名称": f"机构{number}", "统一社会信用代码": firm.code})
        listed, imported = await meeting.of(
            list_application(district.approver, application, "期满"),
            import_list(admin, district.bureau_id, "serious_violation", "名单.csv", file),
        )
        assert not isinstance(imported, RegistryError), imported
        assert imported[1] == "applied"
        order = await rows(
            "SELECT action FROM event WHERE chain = {} AND (subject = 'list_import' AND subject_id = {} AND action = 'import'"
            " OR subject = 'application' AND subject_id = {} AND action = 'confirm_listing') ORDER BY number",
            f"bureau:{district.bureau_id}",
            imported[0],
            application,
        )
        if isinstance(listed, int):
            assert [e["action"] for e in order] == ["confirm_listing", "import"], "listed past an import"
            await list_hits.follow()
            assert (await one("SELECT state FROM entry WHERE id = {}", listed))["state"] == "suspended"
            meeting.ways["listed first"] += 1
        else:
            assert isinstance(listed, RuleRefusal)
            says_what_happened(listed)
            assert [e["action"] for e in order] == ["import"]
            meeting.ways["imported first"] += 1
    meeting.end()


async def test_listings_never_make_an_import_suspend_more_than_one_person_may() -> None:
    """R20: three entries and a fourth that is listed at this moment: together they wait for a second person."""
    meeting = Meeting("import threshold against listing")
    for _ in range(max(RACES // 8, 3)):
        district = await _with_three()
        admin = await account("管理", Membership(Role.BUREAU_ADMIN, bureau_id=district.bureau_id))
        fourth = await district.firm("第四家", representative=9)
        application = await district.on_notice(fourth)
        codes = [r["credit_code"] for r in await rows("SELECT p.credit_code FROM entry e JOIN provider p ON p.id = e.provider WHERE e.list = {}", district.list_id)]  # fmt: skip
        file = list_file(*({"名称": f"机构{c}", "统一社会信用代码": c} for c in [*codes, fourth.code]))
        listed, imported = await meeting.of(
            list_application(district.approver, application, "期满"),
            import_list(admin, district.bureau_id, "serious_violation", "名单.csv", file),
        )
        await list_hits.follow()
        suspended = await one(
            "SELECT count(*) AS n FROM entry WHERE state = 'suspended' AND list = {}", district.list_id
        )
        if isinstance(listed, int) and imported[1] == "waiting":
            assert suspended["n"] == 0
            meeting.ways["waits"] += 1
        elif isinstance(listed, int):
            # Imported while there were three; the fourth came onto the list by a person who saw no list yet.
            raise AssertionError("four entries are suspended by one person")
        else:
            assert suspended["n"] == 3
            meeting.ways["three"] += 1
    await asyncio.sleep(0)


async def _with_three() -> District:
    district = await make_district()
    for number in range(3):
        await district.listed(await district.firm(f"已入库{number}", representative=number + 1))
    return district
