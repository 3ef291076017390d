"""A lapse starts by the vetted day, is warned of, and ends with a renewed document that an officer took (R10, R20, R21)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from registry.checks import single
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.sealed import seal_json
from registry.providers.registration import DocumentKind, known
from registry.whitelist import registration, renewal_views, renewals, sweep
from registry.whitelist.finding import search_entries
from registry.whitelist.queries import status
from registry.whitelist.rules import StatusKind
from storage.store import ObjectStore
from tests.factories.applying import some_file
from tests.factories.listed import NOW, START, District, Firm, make_district, set_day

ENDS = date(2022, 10, 31)
RENEWED = date(2026, 10, 31)


async def vetted(application_id: int, *documents: dict[str, Any]) -> int:
    """A finished vetting run that read some documents; returns its id."""
    result = {"documents": list(documents), "pages": [], "notes": []}
    made = await rows(
        "INSERT INTO vetting_run (application, state, cause, engine, as_of, queued_at, result_sealed, failure)"
        " VALUES ({}, 'done', 'submission', 'test', {}, {}, {}, '') RETURNING id",
        application_id,
        START,
        NOW,
        seal_json(result, "vetting_run.result"),
    )
    return int(made[0]["id"])


def document(kind: str, until: object, *, confidence: float = 0.98) -> dict[str, Any]:
    """A document as a run stores it."""
    fields = {"valid_until": {"value": until, "confidence": confidence}}
    return {"id": "d1", "type": kind, "file": "001.pdf", "pages": [1, 1], "fields": fields}


async def listed_until(district: District, firm: Firm, *documents: dict[str, Any]) -> int:
    """An entry of a firm whose application was vetted with these documents."""
    application = await district.on_notice(firm)
    await vetted(application, *documents)
    from registry.whitelist.listing import list_application

    return await list_application(district.approver, application, "公示期满无异议")


async def read(
    renewal_id: int, *, kind: str = "private_nonenterprise_certificate", blocks: bool = False
) -> None:
    """What the reading job leaves behind for a renewed document."""
    found = (await rows("SELECT reading FROM renewal WHERE id = {}", renewal_id))[0]
    finding = {"code": "name_mismatch", "severity": "block", "message": "机构名称不一致", "params": {}}
    body = {"type": kind, "fields": {}, "findings": [finding] if blocks else []}
    await rows(
        "UPDATE document_check SET state = 'done', result_sealed = {} WHERE id = {}",
        seal_json(body, "document_check.result"),
        found["reading"],
    )
    assert (await single.get(found["reading"])).clean is not blocks


async def test_the_vetted_day_is_taken_over_and_the_lapse_follows_it(
    object_store: ObjectStore, settings_env: dict[str, str]
) -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await listed_until(
        district,
        firm,
        document("private_nonenterprise_certificate", "2024-06-30"),
        document("school_licence", ENDS.isoformat()),
    )
    assert {kind: one.valid_until for kind, one in (await known(firm.id)).items()} == {
        DocumentKind.LICENCE: date(2024, 6, 30),
        DocumentKind.PERMIT: ENDS,
    }
    assert (await status(entry, ENDS)).kind is StatusKind.LISTED
    after = await status(entry, ENDS + timedelta(days=1))
    assert (after.kind, after.since) == (StatusKind.LAPSED, ENDS + timedelta(days=1))
    await set_day(ENDS - timedelta(days=30))
    assert await sweep.warn(ENDS - timedelta(days=30)) == 1
    assert await sweep.warn(ENDS - timedelta(days=29)) == 0
    told = await rows("SELECT link FROM notification WHERE account_id = {}", firm.actor.account_id)
    assert f"/provider/renewals/{firm.id}/{district.list_id}" in {one["link"] for one in told}


@pytest.mark.parametrize(
    ("documents", "until"),
    [
        ([document("business_licence", "long-term")], None),
        (
            [document("business_licence", "2023-01-01"), document("business_licence", "2025-01-01")],
            date(2025, 1, 1),
        ),
        ([document("business_licence", "2023-01-01", confidence=0.4)], None),
        ([document("resident_id", "2023-01-01")], None),
        ([], None),
    ],
)
async def test_what_is_read_for_certain_counts(
    object_store: ObjectStore,
    settings_env: dict[str, str],
    documents: list[dict[str, Any]],
    until: date | None,
) -> None:
    district = await make_district()
    firm = await district.firm()
    await listed_until(district, firm, *documents)
    stored = (await rows("SELECT registered_until FROM provider WHERE id = {}", firm.id))[0]
    assert stored["registered_until"] == until


async def test_a_licence_that_lapsed_before_the_listing_stands_against_it(
    object_store: ObjectStore, settings_env: dict[str, str]
) -> None:
    district = await make_district()
    firm = await district.firm()
    lapsed = document("business_licence", (START - timedelta(days=1)).isoformat())
    with pytest.raises(RuleRefusal) as refused:
        await listed_until(district, firm, lapsed)
    assert {one.code for one in refused.value.refusals} == {"registration_lapsed"}
    # The provider can hand in the renewed one before it is listed; then it may be.
    renewal = await renewals.hand_in(
        firm.actor, firm.id, district.list_id, DocumentKind.LICENCE, RENEWED, await some_file()
    )
    await read(renewal)
    await renewals.accept(district.reviewer, renewal, RENEWED, "与原件一致")
    from registry.whitelist.listing import list_application

    application = (await rows("SELECT id FROM application WHERE provider = {}", firm.id))[0]["id"]
    entry = await list_application(district.approver, application, "公示期满无异议")
    assert (await status(entry, START)).kind is StatusKind.LISTED


async def test_a_renewed_licence_ends_the_lapse_and_the_past_stays_as_it_was(
    object_store: ObjectStore, settings_env: dict[str, str]
) -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await listed_until(district, firm, document("business_licence", ENDS.isoformat()))
    day = date(2022, 11, 10)
    await set_day(day)
    with pytest.raises(Invalid):
        await renewals.hand_in(
            firm.actor,
            firm.id,
            district.list_id,
            DocumentKind.LICENCE,
            day - timedelta(days=1),
            await some_file(),
        )
    renewal = await renewals.hand_in(
        firm.actor, firm.id, district.list_id, DocumentKind.LICENCE, RENEWED, await some_file()
    )
    with pytest.raises(Conflict):
        await renewals.hand_in(
            firm.actor, firm.id, district.list_id, DocumentKind.LICENCE, RENEWED, await some_file()
        )
    with pytest.raises(RuleRefusal) as unread:
        await renewals.accept(district.reviewer, renewal, RENEWED, "与原件一致")
    assert unread.value.code == "not_vetted"
    await read(renewal)
    # Nothing swept meanwhile: the lapse is kept as it was, and ends today.
    await renewals.accept(district.reviewer, renewal, RENEWED, "与原件一致")
    assert (await status(entry, day)).kind is StatusKind.LISTED
    assert (await status(entry, date(2022, 11, 5))).kind is StatusKind.SUSPENDED
    assert (await status(entry, date(2022, 11, 5))).causes == ("registration_lapsed",)
    assert (await status(entry, ENDS)).kind is StatusKind.LISTED
    with pytest.raises(Conflict):
        await renewals.accept(district.reviewer, renewal, RENEWED, "再点一次")


async def test_after_the_sweep_suspended_the_renewal_reinstates(
    object_store: ObjectStore, settings_env: dict[str, str]
) -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await listed_until(district, firm, document("business_licence", ENDS.isoformat()))
    await set_day(ENDS + timedelta(days=1))
    assert await sweep.suspend_lapsed(ENDS + timedelta(days=1)) == 1
    renewal = await renewals.hand_in(
        firm.actor, firm.id, district.list_id, DocumentKind.LICENCE, None, await some_file()
    )
    await read(renewal, blocks=True)
    with pytest.raises(RuleRefusal):
        await renewals.accept(district.approver, renewal, None, "与原件一致")
    await renewals.accept(district.approver, renewal, None, "名称变更已核对原件", checked_by_hand=True)
    stored = (await rows("SELECT state FROM entry WHERE id = {}", entry))[0]
    assert stored["state"] == "listed"
    assert (await status(entry, ENDS + timedelta(days=1))).kind is StatusKind.LISTED
    assert await sweep.suspend_lapsed(ENDS + timedelta(days=2)) == 0


async def test_who_may_and_what_others_see(object_store: ObjectStore, settings_env: dict[str, str]) -> None:
    district = await make_district()
    firm, other = await district.firm(), await district.firm("南宁市虚构机构", representative=3)
    await listed_until(district, firm, document("business_licence", ENDS.isoformat()))
    with pytest.raises(NotFound):
        await renewals.hand_in(
            other.actor, firm.id, district.list_id, DocumentKind.LICENCE, RENEWED, await some_file()
        )
    with pytest.raises(NotFound):
        await renewals.hand_in(
            other.actor, other.id, district.list_id, DocumentKind.LICENCE, RENEWED, await some_file()
        )
    renewal = await renewals.hand_in(
        firm.actor, firm.id, district.list_id, DocumentKind.LICENCE, RENEWED, await some_file()
    )
    with pytest.raises(NotFound):
        await renewal_views.get(other.actor, renewal)
    with pytest.raises((NotFound, Forbidden)):
        await renewals.accept(district.school, renewal, RENEWED, "看过")
    await renewals.give_back(district.reviewer, renewal, "扫描件不清晰，请重新扫描")
    shown = await renewal_views.get(firm.actor, renewal)
    assert (shown.state, shown.reason) == ("returned", "扫描件不清晰，请重新扫描")
    again = await renewals.hand_in(
        firm.actor, firm.id, district.list_id, DocumentKind.LICENCE, RENEWED, await some_file()
    )
    await renewals.take_back(firm.actor, again)
    assert [one.state for one in await renewal_views.of_provider(firm.id, district.list_id)] == [
        "withdrawn",
        "returned",
    ]


async def test_a_day_entered_by_hand(object_store: ObjectStore, settings_env: dict[str, str]) -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await listed_until(district, firm)
    await registration.enter_by_hand(district.reviewer, entry, DocumentKind.LICENCE, ENDS, "核对营业执照原件")
    assert (await status(entry, ENDS + timedelta(days=1))).kind is StatusKind.LAPSED
    with pytest.raises(Invalid):
        await registration.enter_by_hand(district.reviewer, entry, DocumentKind.LICENCE, ENDS, " ")
    with pytest.raises((NotFound, Forbidden)):
        await registration.enter_by_hand(firm.actor, entry, DocumentKind.LICENCE, None, "自己填")


@pytest.mark.parametrize("swept", [True, False])
async def test_a_lapse_learned_of_late_leaves_the_days_before_as_they_were_shown(swept: bool) -> None:
    district = await make_district()
    entry = await district.listed(await district.firm())
    learned, renewed, end = (START + timedelta(days=n) for n in (60, 75, 90))
    days = [START + timedelta(days=n) for n in range((end - START).days)]

    async def shown() -> dict[date, tuple[StatusKind, bool]]:
        """What the entry is on every day, by its record and by the list of those active."""
        return {
            day: ((await status(entry, day)).kind, bool((await search_entries(as_of=day)).entries))
            for day in days
        }

    assert set((await shown()).values()) == {(StatusKind.LISTED, True)}
    await set_day(learned)
    officer, licence = district.reviewer, DocumentKind.LICENCE
    await registration.enter_by_hand(officer, entry, licence, START + timedelta(days=30), "核对原件")
    assert await sweep.suspend_lapsed(learned - timedelta(days=1)) == 0, "a day that is caught up"
    assert (await status(entry, learned)).since == learned
    assert [
        one.id for one in (await search_entries(as_of=end, status="", changed_since=learned)).entries
    ] == [entry]
    if swept:
        assert await sweep.suspend_lapsed(learned) == 1
        assert (await status(entry, learned)).since == learned
    await set_day(renewed)
    await registration.enter_by_hand(officer, entry, licence, RENEWED, "核对换发的原件")
    assert await shown() == {
        day: (StatusKind.LISTED, True) if not learned <= day < renewed else (StatusKind.SUSPENDED, False)
        for day in days
    }
