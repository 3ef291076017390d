"""Handing in a renewed licence and deciding on it, through the pages of both sides (R12, R20)."""

from __future__ import annotations

from datetime import date

from registry.kernel.db import rows
from registry.whitelist.queries import status
from registry.whitelist.rules import StatusKind
from storage.store import ObjectStore
from tests.factories.applying import pdf_bytes
from tests.factories.browsing import text_of, visitors
from tests.factories.listed import make_district, set_day
from tests.integration.whitelist.test_renewals import document, listed_until, read

LATE = date(2022, 11, 10)


async def test_from_the_providers_page_to_the_officers(
    object_store: ObjectStore, settings_env: dict[str, str]
) -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await listed_until(district, firm, document("business_licence", "2022-10-31"))
    await set_day(LATE)
    place = f"/provider/renewals/{firm.id}/{district.list_id}"
    async with visitors(firm.actor, district.reviewer, district.school) as (provider, officer, school):
        assert "登记证照已过期" in text_of(await provider.get(place))
        assert (await school.get(place)).status_code == 403
        empty = await provider.post(place, {"kind": "licence"})
        assert empty.status_code == 422

        async def hand_in(**given: str) -> int:
            answer = await provider.client.post(
                place,
                data={"_csrf_token": provider.csrf, "kind": "licence", **given},
                files={"file": ("证照.pdf", pdf_bytes(1), "application/pdf")},
            )
            return answer.status_code

        assert await hand_in(valid_until="2022-11-01") == 422, "an expired one is not taken"
        assert await hand_in(valid_until="2026-10-31", long_term="1") == 422, "a day and no end at once"
        assert await hand_in(valid_until="2026-10-31") == 303
        assert await hand_in(valid_until="2026-10-31") == 422, "one of a kind waits at a time"
        renewal = (await rows("SELECT id, file FROM renewal"))[0]
        assert (await officer.get(f"/files/{renewal['file']}")).status_code == 200
        assert (await school.get(f"/files/{renewal['file']}")).status_code == 404
        one = f"/bureau/renewals/{renewal['id']}"
        assert "系统正在读取这份证照" in text_of(await officer.get(one))
        assert one in (await officer.get("/bureau/renewals")).text
        given = {"valid_until": "2026-10-31", "reason": "与原件一致"}
        unread = await officer.post(f"{one}/accept", given)
        assert unread.status_code == 422
        assert "与原件一致" in unread.text
        await read(renewal["id"], kind="business_licence")
        assert (await officer.post(f"{one}/return", {"back_reason": ""})).status_code == 422
        assert (await officer.post(f"{one}/accept", given)).status_code == 303
        assert (await officer.post(f"{one}/accept", given)).status_code == 409
        assert "采用的有效期" in text_of(await provider.get(place))
    assert (await status(entry, LATE)).kind is StatusKind.LISTED
