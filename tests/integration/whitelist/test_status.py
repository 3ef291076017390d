"""What entries are on a day, the same in every answer; suspensions by cause; what a day brings by itself (R19–R21)."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Unpack

import pytest

from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.policies.version import content_version
from registry.whitelist import queries
from registry.whitelist.commands import reinstate, suspend, withdraw
from registry.whitelist.export import exported
from registry.whitelist.finding import Narrow
from registry.whitelist.lifecycle import Cause
from registry.whitelist.listing import list_application
from registry.whitelist.rules import StatusKind
from registry.whitelist.status import STATUS_GROUPS
from registry.whitelist.sweep import sweep
from tests.factories.listed import CYCLE_END, START, account, make_district, make_round, set_day

_SYSTEM = Actor.for_system("test")


async def test_lists_counts_and_records_agree_on_every_day() -> None:
    """The SQL that narrows lists is the rule of the records: random histories, random days."""
    rng = random.Random(7)
    district = await make_district()
    span = (CYCLE_END - START).days

    def day(most: int = span + 200) -> date:
        return START + timedelta(days=rng.randrange(-30, most))

    for number in range(25):
        firm = await district.firm(f"机构{number}")
        entry = await district.listed(firm)
        until = day() if rng.random() < 0.5 else None
        await rows(
            "UPDATE provider SET registered_until = {}::date, validity_learned_on = {}::date WHERE id = {}",
            until,
            day() if rng.random() < 0.5 else None,
            firm.id,
        )
        for cause in rng.sample(sorted(Cause), rng.randrange(3)):
            start = START + timedelta(days=rng.randrange(400))
            end = start + timedelta(days=rng.randrange(200)) if rng.random() < 0.7 else None
            await rows(
                "INSERT INTO suspension (entry, cause, reason, started_on, ended_on) VALUES ({}, {}, 'x', {}, {}::date)",
                entry,
                cause,
                start,
                end,
            )
        if rng.random() < 0.3:
            left = START + timedelta(days=rng.randrange(600))
            await rows("UPDATE entry SET state = 'withdrawn', withdrawn_on = {} WHERE id = {}", left, entry)
        if rng.random() < 0.3:
            gone = START + timedelta(days=rng.randrange(600))
            back = gone + timedelta(days=rng.randrange(100)) if rng.random() < 0.5 else None
            await rows(
                "INSERT INTO removal (entry, case_id, ground, removed_on, restored_on) VALUES ({}, {}, 'x', {}, {}::date)",
                entry,
                number,
                gone,
                back,
            )
    seen: set[StatusKind] = set()
    for _ in range(40):
        as_of = day()
        everything = await queries.search_entries(as_of=as_of, status="", limit=100)
        by_kind: dict[str, int] = {}
        for one in everything.entries:
            by_kind[one.kind] = by_kind.get(one.kind, 0) + 1
        assert (await queries.facets(as_of=as_of)).by_kind == by_kind
        for kind, count in by_kind.items():
            found = await queries.search_entries(as_of=as_of, status=kind, limit=100)
            group = STATUS_GROUPS.get(kind, (next(one for one in StatusKind if one.value == kind),))
            expected = sum(by_kind.get(one, 0) for one in group)
            assert {one.kind for one in found.entries} <= set(group)
            assert len(found.entries) == expected >= count
            assert await queries.count_entries(as_of=as_of, status=kind) == (expected, False)
            seen.update(one.kind for one in found.entries)
        if everything.entries:
            one = rng.choice(everything.entries)
            assert await queries.status(one.id, as_of) == one.status
    assert seen == set(StatusKind) - {StatusKind.NOT_YET}


async def test_an_entry_comes_back_with_the_last_cause() -> None:
    district = await make_district()
    entry = await district.listed(await district.firm())
    await suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    assert await suspend(_SYSTEM, entry, cause=Cause.LIST_HIT, reference_id=4, reason="命中") is True
    assert await suspend(_SYSTEM, entry, cause=Cause.LIST_HIT, reference_id=4, reason="命中") is False
    assert await suspend(_SYSTEM, entry, cause=Cause.LIST_HIT, reference_id=5, reason="命中") is True
    for reference in (4, 5):
        assert (await queries.status(entry, START)).kind is StatusKind.SUSPENDED
        assert await reinstate(
            _SYSTEM, entry, cause=Cause.LIST_HIT, reference_id=reference, reason="移出名单"
        )
    assert (await queries.status(entry, START)).causes == ("bureau",)
    await reinstate(district.approver, entry, cause=Cause.BUREAU, reason="核查完毕")
    assert (await queries.status(entry, START)).active
    actions = await rows(
        "SELECT action FROM event WHERE subject = 'entry' AND chain LIKE 'bureau:%' ORDER BY id"
    )
    assert [one["action"] for one in actions] == [
        "list",
        "suspend",
        "suspend_further",
        "suspend_further",
        "cure_one_cause",
        "cure_one_cause",
        "reinstate",
    ]


async def test_who_suspends_and_twice() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    with pytest.raises(Invalid):
        await suspend(district.approver, entry, cause=Cause.BUREAU, reason=" ")
    with pytest.raises(Forbidden):
        await suspend(district.reviewer, entry, cause=Cause.BUREAU, reason="x")
    with pytest.raises(NotFound):
        await suspend(firm.actor, entry, cause=Cause.BUREAU, reason="x")
    insider = await account(
        "内部",
        Membership(Role.APPROVER, bureau_id=district.bureau_id),
        Membership(Role.PROVIDER, provider_id=firm.id),
    )
    with pytest.raises(RuleRefusal) as caught:
        await suspend(insider, entry, cause=Cause.BUREAU, reason="x")
    assert caught.value.rule == "R13"
    await suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    with pytest.raises(Conflict):
        await suspend(district.second_approver, entry, cause=Cause.BUREAU, reason="核查")
    await reinstate(district.approver, entry, cause=Cause.BUREAU, reason="完毕")
    with pytest.raises(Conflict):
        await reinstate(district.approver, entry, cause=Cause.BUREAU, reason="完毕")


async def test_withdrawing() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    stranger = await district.firm("别的机构")
    with pytest.raises(NotFound):
        await withdraw(stranger.actor, entry, "x")
    await withdraw(firm.actor, entry, "停业")
    with pytest.raises(Conflict):
        await withdraw(firm.actor, entry, "停业")
    with pytest.raises(Conflict):
        await suspend(district.approver, entry, cause=Cause.BUREAU, reason="x")
    assert await suspend(_SYSTEM, entry, cause=Cause.LIST_HIT, reference_id=1, reason="x") is False
    assert (await queries.status(entry, START)).kind is StatusKind.WITHDRAWN


async def test_a_lapse_suspends_from_its_own_day_and_a_renewal_cures_it() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    until = date(2022, 9, 30)
    await rows("UPDATE provider SET registered_until = {} WHERE id = {}", until, firm.id)
    await set_day(until)
    assert (await sweep(until))["suspended"] == 0
    late = until + timedelta(days=4)
    assert (await queries.status(entry, late)).kind is StatusKind.LAPSED, "before anybody acted on it"
    await set_day(late)
    assert (await sweep(late))["suspended"] == 1
    assert (await sweep(late))["suspended"] == 0
    now = await queries.status(entry, late)
    assert (now.kind, now.since, now.causes) == (
        StatusKind.SUSPENDED,
        until + timedelta(days=1),
        ("registration_lapsed",),
    )
    await rows("UPDATE provider SET registered_until = {} WHERE id = {}", date(2025, 9, 30), firm.id)
    assert (await sweep(late))["reinstated"] == 1
    assert (await queries.status(entry, late)).active
    assert (await queries.status(entry, until + timedelta(days=2))).kind is StatusKind.SUSPENDED, (
        "history stays"
    )


async def test_warnings_go_out_once_the_most_urgent_first() -> None:
    district = await make_district()
    firm = await district.firm()
    await district.listed(firm)
    until = START + timedelta(days=100)
    await rows("UPDATE provider SET registered_until = {} WHERE id = {}", until, firm.id)
    sent = {}
    for left in (95, 91, 90, 89, 40, 30, 29, 5, 3, 0, -1):
        day = until - timedelta(days=left)
        await set_day(day)
        sent[left] = ((await sweep(day))["warned"], (await sweep(day))["warned"])
    assert {left for left, (first, _) in sent.items() if first} == {90, 30, 5, 0}
    assert all(again == 0 for _, again in sent.values())
    mine = await rows(
        "SELECT subject FROM notification WHERE account_id = {} AND subject LIKE '登记证照%' ORDER BY id",
        firm.actor.account_id,
    )
    assert [one["subject"] for one in mine] == [
        "登记证照还有 90 天到期",
        "登记证照还有 30 天到期",
        "登记证照还有 5 天到期",
        "登记证照今日到期",
    ]


async def test_a_policy_that_lists_by_itself() -> None:
    district = await make_district()
    firm = await district.firm()
    automatic = await make_round(district.list_id, "nanning-2022")
    frozen = json.loads(
        (await rows("SELECT policy::text AS policy FROM round WHERE id = {}", automatic))[0]["policy"]
    )
    frozen["listing_confirmation"] = "automatic"
    frozen["version"] = content_version(frozen)
    await rows("UPDATE round SET policy = {}::jsonb WHERE id = {}", json.dumps(frozen), automatic)
    await district.on_notice(firm, round_id=automatic)
    await district.on_notice(await district.firm("另一家"))
    assert (await sweep(START))["listed"] == 1
    entry = await row("SELECT provider, confirmed_by FROM entry")
    assert entry == {"provider": firm.id, "confirmed_by": None}
    assert (await sweep(START))["listed"] == 0


async def test_searching() -> None:
    district = await make_district()
    names = ["南宁市青秀区晨曦艺术培训中心", "南宁飞扬体育文化有限公司", "广西童創（科技）有限公司"]
    ids = [
        await district.listed(await district.firm(name), categories=("sports",) if n == 1 else ("arts",))
        for n, name in enumerate(names)
    ]

    async def found(words: str, **more: Unpack[Narrow]) -> list[int]:
        more["q"] = words
        page = await queries.search_entries(as_of=START, **more)
        return sorted(one.id for one in page.entries)

    assert await found("南宁") == ids, "the address is found too"
    assert await found("chenxi") == [ids[0]], "by pinyin"
    assert await found("qingxiu chenxi") == [ids[0]]
    assert await found("fyty") == [ids[1]], "by initials"
    assert await found("FY") == [ids[1]]
    assert await found("zz") == []
    assert await found("晨曦艺术") == [ids[0]]
    assert await found("藝術 青秀") == [ids[0]], "Traditional characters, words in any order"
    assert await found("童创科技") == [ids[2]], "brackets do not part words"
    assert await found("（科技） 童創") == [ids[2]]
    assert await found("艺术晨曦") == [], "pairs that stand apart do not match"
    assert await found("450100-2022-0002") == [ids[1]]
    assert await found("书法") == ids, "courses are found too"
    assert await found("没有这家") == []
    assert await found("%_'\"") == []
    assert await found("", category="sports") == [ids[1]]
    assert await found("", list_ids=[]) == []
    assert await found("", subject="calligraphy") == ids
    assert await found("", subject="football") == []
    assert await found("", region="450000") == await found("", region="450100") == ids
    assert await found("", region="440000") == []
    assert await found("", most_cents=4000) == ids
    assert await found("", most_cents=3999) == []
    assert await found("", changed_since=START) == ids
    assert await found("", changed_since=START + timedelta(days=1)) == []
    counts = await queries.facets(as_of=START, q="南宁")
    assert (counts.total, counts.by_subject, counts.capped) == (3, {"calligraphy": 3}, False)
    await rows(
        "INSERT INTO entry_rating (entry, terms, evaluations, overall, quality, safety, conduct, answers)"
        " VALUES ({}, 2, 2, 450, 450, 450, 450, 0)",
        ids[0],
    )
    rated = await queries.search_entries(as_of=START, sort="-rating")
    assert [one.name for one in rated.entries] == [names[0], names[2], names[1]], (
        "the others after it, by name"
    )
    for sort in ("-listed", "price", "name", "-rating"):
        page = await queries.search_entries(as_of=START, limit=1, sort=sort)
        seen = [page.entries[0].id]
        while page.after:
            page = await queries.search_entries(as_of=START, limit=1, sort=sort, after=page.after)
            seen.append(page.entries[0].id)
        assert sorted(seen) == ids, sort
    first = await queries.search_entries(as_of=START, limit=2)
    second = await queries.search_entries(as_of=START, limit=2, after=first.after)
    assert [one.name for one in (*first.entries, *second.entries)] == [names[2], names[1], names[0]], (
        "by pinyin"
    )
    assert second.after is None
    assert (await queries.search_entries(as_of=START, after="x_y")).entries
    await rows("UPDATE registry_list SET public = false")
    assert await found("南宁") == []
    with pytest.raises(NotFound):
        await queries.entry_public(ids[0], START)


async def test_a_brand_is_found_as_the_name_is() -> None:
    district = await make_district()
    await district.listed(await district.firm("南宁飞扬体育文化有限公司"))
    application = await district.on_notice(await district.firm("南宁市星轨文化传播有限公司"), brand="小枫叶")
    branded = await list_application(district.approver, application, "公示期满无异议")
    for q in ("小枫叶", "枫叶 书法", "xiaofengye", "xfy", "xinggui"):
        page = await queries.search_entries(as_of=START, q=q)
        assert [(one.id, one.brand) for one in page.entries] == [(branded, "小枫叶")], q
    assert [one["brand"] async for one in exported(as_of=START)] == ["", "小枫叶"]


async def test_the_list_of_a_past_day() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    await set_day(START + timedelta(days=20))
    await withdraw(firm.actor, entry, "停业")
    before = await queries.search_entries(as_of=START + timedelta(days=19))
    after = await queries.search_entries(as_of=START + timedelta(days=20))
    assert [one.id for one in before.entries] == [entry]
    assert after.entries == ()
    with pytest.raises(NotFound):
        await queries.entry_public(entry, START - timedelta(days=1))
    assert (await queries.search_entries(as_of=START - timedelta(days=1), status="")).entries == ()
