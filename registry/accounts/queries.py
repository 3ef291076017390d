"""Accounts: their names, for records that keep who acted by id, and who somebody is on the command line."""

from __future__ import annotations

from collections.abc import Iterable

from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import NotFound


async def display_names(account_ids: Iterable[int | None]) -> dict[int, str]:
    """The display names of accounts by id; None among the ids is passed over."""
    wanted = sorted({one for one in account_ids if one is not None})
    found = await rows("SELECT id, display_name FROM account WHERE id = ANY({})", wanted) if wanted else []
    return {int(one["id"]): str(one["display_name"]) for one in found}


async def actor_by_login(login: str) -> Actor:
    """The person behind an active account, for a command that an operator runs for them. Raises NotFound."""
    found = await rows(
        "SELECT a.id, a.display_name, m.role, m.bureau, m.provider, m.school FROM account a"
        " LEFT JOIN membership m ON m.account = a.id WHERE a.login = {} AND a.active ORDER BY m.id",
        login,
    )
    if not found:
        raise NotFound("没有找到这个账号")
    return Actor(
        account_id=found[0]["id"],
        name=found[0]["display_name"],
        memberships=tuple(
            Membership(Role(one["role"]), one["bureau"], one["provider"], one["school"])
            for one in found
            if one["role"] is not None
        ),
    )
