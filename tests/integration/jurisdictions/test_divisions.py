"""The tree of divisions grows in any order; what has no prefecture hangs below the province."""

from __future__ import annotations

import pytest

from registry.jurisdictions import commands, queries
from registry.kernel.actor import Membership, Role
from registry.kernel.errors import Forbidden, Invalid
from tests.factories.listed import account
from tests.factories.reviewing import make_desk

pytestmark = pytest.mark.usefixtures("settings_env")


async def test_divisions_find_their_place_in_any_order() -> None:
    operator = await account("运维", Membership(Role.OPERATOR))
    for code, name in (
        ("990103", "区"),
        ("990000", "省"),
        ("990103100", "镇"),
        ("990100", "市"),
        ("980101", "直辖市的区"),
    ):
        await commands.add_divisions(operator, [(code, name)])
    assert [code for code, _ in await queries.division_path("990103100")] == [
        "990000",
        "990100",
        "990103",
        "990103100",
    ]
    await commands.add_divisions(operator, [("980000", "直辖市")])
    assert [code for code, _ in await queries.division_path("980101")] == ["980000", "980101"]
    assert await commands.add_divisions(operator, [("990100", "改名的市")]) == 0


async def test_only_an_operator_and_only_codes() -> None:
    desk = await make_desk()
    with pytest.raises(Forbidden):
        await commands.add_divisions(desk.admin, [("990000", "省")])
    operator = await account("运维", Membership(Role.OPERATOR))
    for code, name in (("99", "省"), ("99000a", "省"), ("990000", " ")):
        with pytest.raises(Invalid):
            await commands.add_divisions(operator, [(code, name)])
