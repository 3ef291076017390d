"""The accounts of those who work with the registry: officials, schools, auditors, operators.

A bureau's administrator looks after the accounts that belong to that bureau and its schools alone; an operator after
all. Nobody changes their own roles. A password that is given out is a word for one sign-in: it is due to be changed.
"""

from __future__ import annotations

import secrets

from registry.accounts import passwords, sessions
from registry.accounts.commands import open_account
from registry.accounts.queries import StaffAccount, staff_account
from registry.accounts.tables import MembershipRow
from registry.kernel import events
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound

# What an administrator may give; an operator gives these and the other two.
BUREAU_ROLES = (Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.SCHOOL)
OPERATOR_ROLES = (Role.BUREAU_ADMIN, Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.SCHOOL, Role.OPERATOR)
# Without what is easily taken for something else.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """A random password of 16 characters (79 bits) in groups of four, easy to read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def grantable(actor: Actor) -> tuple[Role, ...]:
    """The roles the actor may give to others."""
    if actor.system or actor.has(Role.OPERATOR):
        return OPERATOR_ROLES
    return BUREAU_ROLES if actor.has(Role.BUREAU_ADMIN) else ()


async def open_staff(actor: Actor, login: str, display_name: str, membership: Membership) -> tuple[int, str]:
    """Open an account with one role; returns its id and its one-time password, which is shown once and kept nowhere.

    Raises Forbidden for a role or an organisation that the actor may not give, Invalid for a bad or taken login.
    """
    if not display_name.strip():
        raise Invalid(fields=[FieldError("display_name", "请填写姓名")])
    password = one_time_password()
    async with transaction():
        chain = await _chain_for(actor, membership)
        account_id = await open_account(
            login, display_name.strip(), password, (membership,), password_due=True
        )
        await _record(actor, account_id, "open", (chain,), data=_data(membership))
    return account_id, password


async def grant(actor: Actor, account_id: int, membership: Membership) -> None:
    """Give an account a further role. Raises Forbidden, NotFound, and Conflict where it has the role already."""
    async with transaction():
        account = await _lock(actor, account_id)
        _not_oneself(actor, account)
        chain = await _chain_for(actor, membership)
        if any(held.membership == membership for held in account.roles):
            raise Conflict("这个账号已经有这项身份")
        await MembershipRow.insert(
            MembershipRow(
                account=account_id,
                role=membership.role.value,
                bureau=membership.bureau_id,
                school=membership.school_id,
            )
        )
        await _record(actor, account_id, "grant", (chain,), data=_data(membership))


async def revoke(actor: Actor, account_id: int, membership_id: int) -> None:
    """Take a role away. Raises NotFound, Forbidden, and Conflict for the last administrator of a bureau."""
    async with transaction():
        account = await _lock(actor, account_id)
        _not_oneself(actor, account)
        held = next((one for one in account.roles if one.id == membership_id), None)
        if held is None:
            raise NotFound("这个账号没有这项身份，可能刚被取消")
        chain = await _chain_for(actor, held.membership)
        await _keep_an_administrator(account_id, [held.membership])
        await rows("DELETE FROM membership WHERE id = {}", membership_id)
        await _record(actor, account_id, "revoke", (chain,), data=_data(held.membership))


async def close(actor: Actor, account_id: int, reason: str) -> None:
    """Close an account: its sessions end at once, what it did stays on record. Raises as ``revoke``."""
    async with transaction():
        account = await _lock(actor, account_id)
        _not_oneself(actor, account)
        if not account.active:
            raise Conflict("这个账号已经停用")
        await _keep_an_administrator(account_id, [one.membership for one in account.roles])
        await rows("UPDATE account SET active = false WHERE id = {}", account_id)
        await sessions.end_all(account_id)
        await _record(actor, account_id, "close", _chains(account), reason=reason)


async def reopen(actor: Actor, account_id: int) -> None:
    """Open a closed account again. Raises NotFound, Forbidden, Conflict."""
    async with transaction():
        account = await _lock(actor, account_id)
        _not_oneself(actor, account)
        if account.active:
            raise Conflict("这个账号没有停用")
        await rows("UPDATE account SET active = true WHERE id = {}", account_id)
        await _record(actor, account_id, "reopen", _chains(account))


async def reset_password(actor: Actor, account_id: int) -> str:
    """Give out a new one-time password; all sessions end. Returns it: it is shown once. Raises NotFound, Forbidden."""
    password = one_time_password()
    hashed = await passwords.hash_password(password)
    async with transaction():
        account = await _lock(actor, account_id)
        _not_oneself(actor, account)
        await rows(
            "UPDATE account SET password = {}, password_due = true, failed_tries = 0, locked_until = NULL WHERE id = {}",
            hashed,
            account_id,
        )
        await sessions.end_all(account_id)
        await _record(actor, account_id, "reset_password", _chains(account))
    return password


async def _lock(actor: Actor, account_id: int) -> StaffAccount:
    # One after another: two administrators must not remove each other at once, and such acts are rare.
    await rows("SELECT pg_advisory_xact_lock(hashtext('account.staff'))::text AS taken")
    return await staff_account(actor, account_id)


def _not_oneself(actor: Actor, account: StaffAccount) -> None:
    if actor.account_id == account.id:
        raise Forbidden("不能更改自己的账号，请由其他管理员办理；修改密码请到“我的账户”")


async def _chain_for(actor: Actor, membership: Membership) -> str:
    """The chain that a role's events stand in. Raises Forbidden where the actor may not give it, NotFound."""
    if membership.role not in grantable(actor):
        raise Forbidden("您不能授予这项身份")
    if membership.role is Role.OPERATOR:
        return events.SYSTEM_CHAIN
    bureau_id = membership.bureau_id
    if membership.role is Role.SCHOOL:
        school = await row("SELECT bureau FROM school WHERE id = {}", membership.school_id)
        if school is None:
            raise NotFound("没有找到这所学校")
        bureau_id = int(school["bureau"])
    if bureau_id is None or await row("SELECT 1 AS one FROM bureau WHERE id = {}", bureau_id) is None:
        raise NotFound("没有找到这个教育局")
    if not (actor.system or actor.has(Role.OPERATOR) or actor.has(Role.BUREAU_ADMIN, bureau_id=bureau_id)):
        raise Forbidden("您不能为其他教育局的单位开设账号")
    return events.bureau_chain(bureau_id)


async def _keep_an_administrator(account_id: int, lost: list[Membership]) -> None:
    """A bureau is never left without anybody who can look after it."""
    for bureau_id in sorted(
        {one.bureau_id for one in lost if one.role is Role.BUREAU_ADMIN and one.bureau_id}
    ):
        others = await rows(
            "SELECT a.id FROM membership m JOIN account a ON a.id = m.account WHERE m.bureau = {}"
            " AND m.role = 'bureau_admin' AND a.active",
            bureau_id,
        )
        if all(one["id"] == account_id for one in others):
            raise Conflict("这是该教育局唯一的管理员，请先指定另一位管理员")


def _chains(account: StaffAccount) -> tuple[str, ...]:
    """Every bureau that the account works with hears of it."""
    found = {
        events.SYSTEM_CHAIN if one.bureau_id is None else events.bureau_chain(one.bureau_id)
        for one in account.roles
    }
    return tuple(sorted(found)) or (events.SYSTEM_CHAIN,)


def _data(membership: Membership) -> dict[str, object]:
    return {"role": membership.role.value, "bureau": membership.bureau_id, "school": membership.school_id}


async def _record(
    actor: Actor,
    account_id: int,
    action: str,
    chains: tuple[str, ...],
    *,
    reason: str = "",
    data: dict[str, object] | None = None,
) -> None:
    await events.record(
        actor,
        subject="account",
        subject_id=account_id,
        action=action,
        chains=chains,
        reason=reason,
        data=data,
    )
