"""What a screening finds, against what, and judgements that hold until either side changes (R3, R12, R13, R28)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from registry.bans.tables import Ban
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.sealed import blind_index, seal, seal_json, unseal
from registry.providers.tables import Provider
from registry.review import commands as review
from registry.screening import judging, queries
from registry.screening.commands import screen_application
from registry.screening.jobs import follow
from registry.screening.queries import ScreeningView
from tests.factories.listed import credit_code, resident_id, set_day
from tests.factories.lists import facts_of, imported
from tests.factories.reviewing import MONDAY, NOW, Desk, make_desk

NAME = "南宁青柚艺术培训有限公司"
CITY = "南宁市青柚艺术培训有限公司"


async def _screened(application_id: int) -> ScreeningView:
    await screen_application(application_id)
    found = await queries.latest_of_application(application_id)
    assert found is not None
    return found


async def _bans(
    desk: Desk, boss: str, *, reach: str = "450191", address: str = "南宁市别处路 9 号", phone: str = ""
) -> int:
    """A banned provider of this bureau; returns the ban's id."""
    await rows("INSERT INTO division (code, name) VALUES ('110000', '北京市') ON CONFLICT DO NOTHING")
    provider = Provider(
        name="南宁退场文化有限公司", name_key="南宁退场文化有限公司", credit_code=credit_code(777), kind="business_licence",
        legal_representative="退场人", registered_address=address, created_at=NOW,
        contact_sealed=seal_json({"name": "甲", "phone": phone, "email": ""}, "provider.contact"),
    )  # fmt: skip
    await provider.save()
    ban = Ban(
        provider=provider.id, bureau=desk.bureau_id, list=desk.list_id, reach=reach, case_id=1, name=provider.name,
        credit_code=provider.credit_code, legal_representative="退场人",
        legal_representative_id_sealed=seal(boss, "ban.legal_representative_id"),
        legal_representative_id_index=blind_index(boss, "person_id"), ground="subcontracted",
        decided_on=date(2022, 3, 1), last_day=date(2025, 3, 1), policy_version="x", created_at=NOW,
    )  # fmt: skip
    await ban.save()
    return int(ban.id)


async def test_no_match_and_not_checked_are_never_the_same() -> None:
    desk = await make_desk()
    application = await desk.applied()
    assert await queries.latest_of_application(application) is None
    found = await _screened(application)
    assert found.outcome == "clear"
    assert {one.kind for one in found.unchecked} == {
        "serious_violation", "industry_blacklist", "abnormal_operation", "judgment_debtor",
    }  # fmt: skip
    version = await imported(desk, {"名称": "某某有限公司"})
    found = await _screened(application)
    assert "serious_violation" not in {one.kind for one in found.unchecked}
    assert next(one for one in found.checked if one.kind == "serious_violation").import_id == version
    await set_day(MONDAY + timedelta(days=31))
    assert [one.kind for one in (await _screened(application)).stale] == ["serious_violation"]


async def test_a_code_blocks_whatever_the_name_and_a_namesake_asks_for_a_look() -> None:
    desk = await make_desk()
    application = await desk.applied(NAME)
    provider_id, code, _ = await facts_of(application)
    await imported(
        desk, {"编号": "1", "名称": "别的名字有限公司", "统一社会信用代码": code}, {"编号": "2", "名称": CITY}
    )
    found = await _screened(application)
    assert found.outcome == "hit"
    hit, possible = found.matches
    assert (hit.reason, hit.outcome, hit.severity, hit.needs_two) == ("credit_code", "hit", "block", True)
    assert (possible.reason, possible.outcome, possible.severity) == ("similar_name", "possible", "warn")
    assert possible.explanation["parts"][0] == {
        "part": "place",
        "subject": "南宁",
        "listing": "南宁市",
        "equal": False,
    }
    with pytest.raises(RuleRefusal) as refused:
        await review.recommend(desk.reviewer, application, "shortlist", "材料齐全")
    assert refused.value.code == "open_blocks"
    stored = await rows("SELECT explanation_sealed FROM screening_match")
    assert all(CITY.encode() not in bytes(one["explanation_sealed"]) for one in stored)
    assert (await queries.unjudged([desk.bureau_id]))[0].hits == 1
    assert provider_id == found.provider_id


async def test_weights_are_the_policys_and_a_row_counts_only_while_in_force() -> None:
    desk = await make_desk()
    application = await desk.applied(NAME)
    await imported(desk, {"名称": NAME}, kind="abnormal_operation")
    assert [one.severity for one in (await _screened(application)).matches] == ["warn"]
    for changed in ({"届满日期": "2022-06-26"}, {"移出日期": "2022-06-27"}, {"列入日期": "2022-06-28"}):
        await imported(desk, {"名称": NAME, **changed}, kind="abnormal_operation")
        assert (await _screened(application)).outcome == "clear", changed
    await imported(desk, {"名称": NAME, "届满日期": "2022-06-27"}, kind="abnormal_operation")
    assert (await _screened(application)).outcome == "hit"


async def test_a_judged_namesake_never_comes_back_until_a_side_changes() -> None:
    desk = await make_desk()
    application = await desk.applied(NAME)
    await imported(desk, {"编号": "1", "名称": CITY, "届满日期": "2024-01-01"})
    match = (await _screened(application)).matches[0]
    with pytest.raises(Invalid):
        await judging.judge(desk.reviewer, match.id, "different", "  ")
    assert await judging.judge(desk.reviewer, match.id, "different", "两家机构，地址和法定代表人均不同")
    with pytest.raises(Conflict):
        await judging.judge(desk.approver, match.id, "same", "再判一次")
    # Prolonged, with a line more on top: still the same pair.
    await imported(
        desk, {"编号": "1", "名称": "别家有限公司"}, {"编号": "2", "名称": CITY, "届满日期": "2025-01-01"}
    )
    again = (await _screened(application)).matches[0]
    assert (again.judgement, again.judged_by, again.open) == ("different", "韦初审", False)
    assert again.id != match.id
    with pytest.raises(Conflict):
        await judging.reopen(desk.reviewer, match.id, "旧的一次")
    assert await queries.unjudged([desk.bureau_id]) == []
    # The list learns a legal representative: another pair, judged anew.
    await imported(desk, {"编号": "2", "名称": CITY, "法定代表人": "卢晓岚", "届满日期": "2025-01-01"})
    assert (await _screened(application)).matches[0].judgement is None


async def test_another_bureaus_judgement_binds_nobody() -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    application = await desk.applied(NAME)
    await imported(desk, {"名称": CITY})
    match = (await _screened(application)).matches[0]
    for actor, error in (
        (other.reviewer, NotFound), (desk.admin, Forbidden), (desk.auditor, Forbidden), (Actor.public(), NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            await judging.judge(actor, match.id, "different", "不是")
    with pytest.raises(NotFound):
        await queries.screening_of_match(other.reviewer, match.id)
    with pytest.raises(NotFound):
        await judging.judge(desk.reviewer, 999_999, "different", "不是")
    provider_id, _, _ = await facts_of(application)
    member = replace(
        desk.reviewer,
        memberships=(*desk.reviewer.memberships, Membership(Role.PROVIDER, provider_id=provider_id)),
    )
    with pytest.raises(RuleRefusal) as refused:
        await judging.judge(member, match.id, "different", "不是")
    assert refused.value.code == "own_organisation"
    assert (await queries.screenings_of(other.reviewer, provider_id))[0] == []


async def test_setting_a_code_hit_aside_takes_two_people() -> None:
    desk = await make_desk()
    application = await desk.applied(NAME)
    _, code, _ = await facts_of(application)
    await imported(desk, {"名称": "别的名字有限公司", "统一社会信用代码": code})
    match = (await _screened(application)).matches[0]
    assert not await judging.judge(desk.reviewer, match.id, "different", "名单代码录入有误")
    with pytest.raises(RuleRefusal) as refused:
        await judging.judge(desk.reviewer, match.id, "different", "还是我")
    assert refused.value.rule == "R13"
    # A proposal is carried into the next screening, and still blocks.
    proposed = (await _screened(application)).matches[0]
    assert (proposed.proposed_by, proposed.judgement, proposed.open) == ("韦初审", None, True)
    with pytest.raises(RuleRefusal):
        await review.recommend(desk.reviewer, application, "shortlist", "材料齐全")
    assert await judging.judge(desk.approver, proposed.id, "different", "已向市监局核实")
    await review.recommend(desk.reviewer, application, "shortlist", "材料齐全")
    # Taken back, it blocks the decision.
    await judging.reopen(desk.reviewer2, proposed.id, "市监局更正了答复")
    with pytest.raises(RuleRefusal):
        await review.decide(desk.approver, application, "shortlist", "同意")
    actions = await rows("SELECT DISTINCT action FROM event WHERE subject = 'screening_match'")
    assert {one["action"] for one in actions} == {"propose_different", "judge_different", "reopen"}


async def test_a_possible_match_that_is_the_same_weighs_as_a_hit() -> None:
    desk = await make_desk()
    application = await desk.applied(NAME)
    await imported(desk, {"名称": CITY})
    match = (await _screened(application)).matches[0]
    await judging.judge(desk.reviewer, match.id, "same", "地址、法定代表人一致")
    assert (await _screened(application)).matches[0].severity == "block"
    with pytest.raises(RuleRefusal) as refused:
        await review.recommend(desk.reviewer, application, "shortlist", "材料齐全")
    assert refused.value.code == "open_blocks"
    await review.recommend(desk.reviewer, application, "reject", "在严重违法失信名单上")
    await review.decide(desk.approver, application, "reject", "同意")
    latest = await queries.latest_of_application(application)
    assert latest is not None
    with pytest.raises(Conflict):
        await judging.reopen(desk.reviewer, latest.matches[0].id, "晚了")


async def test_a_ban_bars_where_it_reaches_and_is_told_elsewhere() -> None:
    desk = await make_desk()
    application = await desk.applied(NAME)
    boss = (await rows("SELECT legal_representative_id_sealed FROM provider"))[0]
    ban = await _bans(
        desk, unseal(boss["legal_representative_id_sealed"], "provider.legal_representative_id")
    )
    match = (await _screened(application)).matches[0]
    assert (match.ban_id, match.list_kind, match.reason, match.outcome) == (
        ban,
        "own_ban",
        "related_person_id",
        "hit",
    )
    assert match.severity == "block"
    await rows("UPDATE ban SET reach = '110000', bureau = {}", (await make_desk(name="外地教育局")).bureau_id)
    await rows("UPDATE bureau SET division = '110000' WHERE name = '外地教育局'")
    await rows("UPDATE ban SET overturned_on = '2030-01-01'")
    told = (await _screened(application)).matches[0]
    assert (told.list_kind, told.severity, told.open) == ("other_ban", "info", False)


async def test_a_new_company_is_tied_to_the_banned_one_by_a_chain() -> None:
    desk = await make_desk()
    application = await desk.applied(NAME)
    await _bans(desk, resident_id(1), phone="+86 199 0000 1234")
    found = await _screened(application)
    assert found.outcome == "possible"
    match = found.matches[0]
    assert (match.reason, match.severity) == ("linked", "warn")
    assert [link["kind"] for link in match.explanation["chain"]] == ["phone"]
    assert match.explanation["chain"][0]["shown"] == "199****1234"
    assert await judging.judge(desk.reviewer, match.id, "different", "代办公司的电话")
    assert (await _screened(application)).matches[0].judgement == "different"


async def test_the_address_of_the_banned_one_ties_too() -> None:
    desk = await make_desk()
    await _bans(desk, resident_id(1), address="南宁市榕江区虚构路 1 号")
    application = await desk.applied(NAME)
    chain = (await _screened(application)).matches[0].explanation["chain"]
    assert [link["kind"] for link in chain] == ["address"]


async def test_a_changed_list_or_day_screens_again_what_is_under_way_and_nothing_else() -> None:
    desk = await make_desk()
    application = await desk.applied(NAME)
    closed = await desk.applied("南宁已退回有限公司", state="rejected")
    await follow()
    await follow()
    history, _ = await queries.screenings_of(desk.reviewer, (await facts_of(application))[0])
    assert [one.cause for one in history] == ["vetting"]
    await imported(desk, {"名称": NAME})
    waiting = await rows("SELECT count(*) AS n FROM procrastinate_jobs WHERE task_name = 'screening.follow'")
    assert waiting[0]["n"] == 1
    await follow()
    await set_day(MONDAY + timedelta(days=1))
    await follow()
    history, _ = await queries.screenings_of(desk.reviewer, (await facts_of(application))[0])
    assert [one.cause for one in history] == ["nightly", "list_changed", "vetting"]
    assert [one.outcome for one in history] == ["hit", "hit", "clear"]
    assert (await queries.screenings_of(desk.reviewer, (await facts_of(closed))[0]))[0] == []
    # Was this provider checked on that day, against what?
    on_day, _ = await queries.screenings_of(desk.reviewer, history[0].provider_id, on=MONDAY)
    assert [bool(one.unchecked) for one in on_day] == [True, True]
    assert on_day[0].checked[0].import_id is not None
    assert (
        await queries.screenings_of(desk.reviewer, history[0].provider_id, on=MONDAY - timedelta(days=1))
    )[0] == []
    versions = json.loads(
        (await rows("SELECT versions FROM screening ORDER BY id DESC LIMIT 1"))[0]["versions"]
    )
    assert versions["imports"]["serious_violation"][1] == MONDAY.isoformat()
