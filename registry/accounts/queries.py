"""Accounts: their names, for records that keep who acted by id, and who somebody is on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


async def account_id_of(login: str) -> int:
    """The id of a login. Raises NotFound."""
    found = await rows("SELECT id FROM account WHERE login = {}", login.strip().lower())
    if not found:
        raise NotFound("没有找到这个账号")
    return int(found[0]["id"])


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that an account holds: where, and the bureau it falls under (None for an operator)."""

    id: int
    membership: Membership
    organisation: str
    bureau_id: int | None


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """An account as those see it who look after it; ``seen_at`` is the latest use of a session that is still open."""

    id: int
    login: str
    display_name: str
    active: bool
    password_due: bool
    created_at: datetime
    seen_at: datetime | None
    roles: tuple[HeldRole, ...]


# Every role within the bureaux, and at least one: an account that also belongs elsewhere is not theirs to change.
_OWN = (
    " AND EXISTS (SELECT 1 FROM membership o WHERE o.account = a.id) AND NOT EXISTS (SELECT 1 FROM membership o"
    " LEFT JOIN school k ON k.id = o.school WHERE o.account = a.id"
    " AND NOT coalesce(coalesce(o.bureau, k.bureau) = ANY({}), false))"
)
_STAFF = (
    "SELECT a.id, a.login, a.display_name, a.active, a.password_due, a.created_at,"
    " (SELECT max(seen_at) FROM session s WHERE s.account = a.id) AS seen_at FROM account a WHERE true"
)
_ROLES = (
    "SELECT m.id, m.account, m.role, m.bureau, m.provider, m.school, coalesce(b.name, k.name, p.name, '') AS organisation,"
    " coalesce(m.bureau, k.bureau) AS under FROM membership m LEFT JOIN bureau b ON b.id = m.bureau"
    " LEFT JOIN school k ON k.id = m.school LEFT JOIN provider p ON p.id = m.provider"
    " WHERE m.account = ANY({}) ORDER BY m.id"
)


def _scope(actor: Actor) -> tuple[str, list[Any]]:
    if actor.system or actor.has(Role.OPERATOR):
        return "", []
    return _OWN, [sorted(actor.bureau_ids(Role.BUREAU_ADMIN))]


async def staff_accounts(
    actor: Actor, *, text: str = "", after: str = "", limit: int = 51
) -> list[StaffAccount]:
    """The accounts that the actor looks after, by login, from the one behind ``after`` (keyset).

    ``text`` is looked for in login and name. An operator sees all, providers' too; an administrator those of the
    bureau and its schools.
    """
    scope, values = _scope(actor)
    sought = text.lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    pattern = f"%{sought}%" if text else ""
    found = await rows(
        f"{_STAFF}{scope} AND a.login > {{}} AND ({{}} = '' OR a.login LIKE {{}} OR lower(a.display_name) LIKE {{}})"
        " ORDER BY a.login LIMIT {}",
        *values,
        after,
        pattern,
        pattern,
        pattern,
        limit,
    )
    return await _with_roles(found)


async def staff_account(actor: Actor, account_id: int) -> StaffAccount:
    """One account that the actor looks after. Raises NotFound for any other."""
    scope, values = _scope(actor)
    found = await rows(f"{_STAFF}{scope} AND a.id = {{}}", *values, account_id)
    if not found:
        raise NotFound("没有找到这个账号")
    return (await _with_roles(found))[0]


async def _with_roles(found: list[dict[str, Any]]) -> list[StaffAccount]:
    roles: dict[int, list[HeldRole]] = {one["id"]: [] for one in found}
    for one in await rows(_ROLES, list(roles)) if roles else []:
        membership = Membership(Role(one["role"]), one["bureau"], one["provider"], one["school"])
        roles[one["account"]].append(HeldRole(one["id"], membership, one["organisation"], one["under"]))
    return [StaffAccount(**one, roles=tuple(roles[one["id"]])) for one in found]
