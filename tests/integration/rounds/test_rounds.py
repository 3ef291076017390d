"""Setting up rounds: defaults of the policy, freezing, extending, cancelling (R5, R30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.policies import load
from registry.rounds import commands, queries
from registry.rounds.commands import RoundDraft
from tests.conftest import TestDatabase
from tests.factories.listed import set_day
from tests.factories.reviewing import Desk, make_desk


def _draft(desk: Desk) -> RoundDraft:
    return RoundDraft(desk.list_id, "2022 年第二批遴选", date(2022, 7, 1), date(2022, 7, 20))


async def test_what_is_left_open_comes_from_the_policy(database: TestDatabase) -> None:
    desk = await make_desk(policy="xiaolan-2023")
    found = await queries.get(await commands.create(desk.admin, _draft(desk)))
    assert (found.state, found.policy, found.cycle_ends_on) == ("draft", None, date(2023, 7, 20))
    assert found.inspection_years == (2020, 2021)
    assert found.categories == load("xiaolan-2023").categories


async def test_publishing_freezes_the_policy_of_that_moment(database: TestDatabase) -> None:
    desk = await make_desk()
    round_id = await commands.create(desk.admin, _draft(desk))
    database.execute("UPDATE bureau SET policy_name = 'default' WHERE id = %s", desk.bureau_id)
    with pytest.raises(RuleRefusal) as refused:
        await commands.publish(desk.admin, round_id, "局务会议定")
    assert (refused.value.rule, refused.value.code) == ("R30", "policy_changed")
    await commands.edit(desk.admin, round_id, _draft(desk))
    await commands.publish(desk.admin, round_id, "局务会议定")
    database.execute("UPDATE bureau SET policy_name = 'nanning-2022' WHERE id = %s", desk.bureau_id)
    found = await queries.get(round_id)
    assert found.rules.name == "default"
    assert found.rules.version == load("default").version
    with pytest.raises(Conflict, match="已发布"):
        await commands.publish(desk.admin, round_id)
    with pytest.raises(Conflict):
        await commands.edit(desk.admin, round_id, _draft(desk))
    event = (await rows("SELECT reason, data->>'policy' AS policy FROM event WHERE action = 'publish'"))[0]
    assert (event["reason"], event["policy"]) == ("局务会议定", "default")


async def test_a_draft_can_be_changed(database: TestDatabase) -> None:
    desk = await make_desk()
    round_id = await commands.create(desk.admin, _draft(desk))
    await commands.edit(desk.admin, round_id, replace(_draft(desk), title="改名", categories=("arts",)))
    found = await queries.get(round_id)
    assert (found.title, found.categories, found.state) == ("改名", ("arts",), "draft")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"deadline": date(2022, 6, 30)}, "deadline"),
        ({"cycle_ends_on": date(2022, 7, 20)}, "cycle_ends_on"),
        ({"categories": ("mathematics",)}, "categories"),
        ({"inspection_years": (2020, 2020)}, "inspection_years"),
        ({"inspection_years": (2035,)}, "inspection_years"),
    ],
)
async def test_wrong_drafts_are_told_at_their_field(
    database: TestDatabase, changes: dict[str, object], field: str
) -> None:
    desk = await make_desk()
    with pytest.raises(Invalid) as wrong:
        await commands.create(desk.admin, replace(_draft(desk), **changes))  # type: ignore[arg-type]
    assert [one.field for one in wrong.value.fields] == [field]


async def test_a_deadline_moves_later_only_and_only_while_it_runs(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 6, 20))
    with pytest.raises(RuleRefusal) as refused:
        await commands.extend(desk.admin, desk.round_id, date(2022, 6, 22), "不变")
    assert (refused.value.rule, refused.value.code) == ("R5", "deadline_shortened")
    with pytest.raises(Invalid):
        await commands.extend(desk.admin, desk.round_id, date(2022, 6, 24), " ")
    with pytest.raises(Invalid):
        await commands.extend(desk.admin, desk.round_id, date(2024, 6, 22), "到周期最后一日")
    await commands.extend(desk.admin, desk.round_id, date(2022, 6, 24), "系统维护")
    assert (await queries.get(desk.round_id)).deadline == date(2022, 6, 24)
    await set_day(date(2022, 6, 25))
    with pytest.raises(RuleRefusal) as late:
        await commands.extend(desk.admin, desk.round_id, date(2022, 7, 1), "逾期")
    assert late.value.code == "round_over"


async def test_a_round_whose_deadline_is_over_is_not_published(database: TestDatabase) -> None:
    desk = await make_desk()
    round_id = await commands.create(desk.admin, _draft(desk))
    await set_day(date(2022, 7, 21))
    with pytest.raises(RuleRefusal, match="2022-07-20 已过"):
        await commands.publish(desk.admin, round_id)


async def test_only_the_administrator_of_the_bureau(database: TestDatabase) -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    with pytest.raises(Forbidden):
        await commands.create(desk.approver, _draft(desk))
    with pytest.raises(Forbidden):
        await commands.create(other.admin, _draft(desk))
    with pytest.raises(NotFound):
        await commands.cancel(other.admin, desk.round_id, "取消")
    with pytest.raises(Forbidden):
        await commands.cancel(desk.auditor, desk.round_id, "取消")
    await commands.cancel(desk.admin, desk.round_id, "另行安排")
    with pytest.raises(Conflict, match="已取消"):
        await commands.cancel(desk.admin, desk.round_id, "再次")
    assert [one.state for one in await queries.summaries([desk.bureau_id])] == ["cancelled"]
