"""How much a ban weighs for a list: it bars where it reaches, elsewhere it is told (R28, R31)."""

from __future__ import annotations

from datetime import date

from registry.bans import queries as bans
from registry.bans.rules import Bearing, ListFacts, bars
from registry.jurisdictions.queries import get_list


async def bars_list(ban_id: int, list_id: int, recognised: tuple[str, ...], as_of: date) -> bool:
    """Whether a ban bars applications to a list on a day."""
    ban = await bans.get(ban_id)
    on_list = await get_list(list_id)
    return bars(ban.facts, ListFacts(on_list.bureau_division, recognised), as_of) is Bearing.BARS
