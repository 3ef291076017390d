"""Opening accounts, signing in, proving oneself again."""

from __future__ import annotations

import re
from datetime import timedelta

from asyncpg.exceptions import UniqueViolationError

from registry.accounts import passwords, sessions
from registry.accounts.tables import Account, MembershipRow
from registry.kernel.actor import Actor, Membership
from registry.kernel.clock import real_now
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Forbidden, Invalid, NotSignedIn, TooMany
from registry.kernel.sealed import seal_json

_TRIES = 8
_PAUSE = timedelta(minutes=10)
_LOGIN = re.compile(r"[\w.@+-]{3,80}")


async def open_account(
    login: str,
    display_name: str,
    password: str,
    memberships: tuple[Membership, ...] = (),
    contact: dict[str, str] | None = None,
    *,
    password_due: bool = False,
) -> int:
    """Create an account with memberships; returns its id.

    ``contact`` (phone, email) is sealed; ``password_due`` where the password was given out. Raises Invalid for a bad or taken login and a short password.
    """
    errors = []
    if not _LOGIN.fullmatch(login):
        errors.append(FieldError("login", "登录名为 3 到 80 个字母、数字或 . @ + - _"))
    if len(password) < passwords.MINIMUM_LENGTH:
        errors.append(
            FieldError("password", "密码至少 %(length)s 位", {"length": str(passwords.MINIMUM_LENGTH)})
        )
    if errors:
        raise Invalid(fields=errors)
    hashed = await passwords.hash_password(password)
    try:
        async with transaction():
            account = Account(
                login=login.lower(),
                display_name=display_name,
                password=hashed,
                created_at=real_now(),
                contact_sealed=seal_json(contact or {}, "account.contact"),
                password_due=password_due,
            )
            await account.save()
            account_id = int(account.id)
            for membership in memberships:
                await _join(account_id, membership)
    except UniqueViolationError as error:
        raise Invalid(fields=[FieldError("login", "这个登录名已被使用，请换一个")]) from error
    return account_id


async def add_membership(account_id: int, membership: Membership) -> None:
    """Give an account a further role; having it already is fine."""
    existing = await row(
        "SELECT 1 AS one FROM membership WHERE account = {} AND role = {} AND bureau IS NOT DISTINCT FROM {}"
        " AND provider IS NOT DISTINCT FROM {} AND school IS NOT DISTINCT FROM {}",
        account_id,
        membership.role.value,
        membership.bureau_id,
        membership.provider_id,
        membership.school_id,
    )
    if existing is None:
        await _join(account_id, membership)


async def _join(account_id: int, membership: Membership) -> None:
    await MembershipRow.insert(
        MembershipRow(
            account=account_id,
            role=membership.role.value,
            bureau=membership.bureau_id,
            provider=membership.provider_id,
            school=membership.school_id,
        )
    )


async def sign_in(login: str, password: str) -> str:
    """Check a password and open a session; returns the token for the cookie.

    Raises Forbidden with one sentence for a wrong login and a wrong password alike, and TooMany after
    several wrong tries at one account.
    """
    account = await row(
        "SELECT id, password, active, failed_tries, locked_until FROM account WHERE login = {}",
        login.strip().lower(),
    )
    now = real_now()
    if account and account["locked_until"] and account["locked_until"] > now:
        wait = int((account["locked_until"] - now).total_seconds()) + 1
        raise TooMany(
            "密码输错次数过多，请在 %(minutes)s 分钟后再试", retry_after=wait, minutes=str((wait + 59) // 60)
        )
    if not await passwords.matches(account["password"] if account else None, password) or account is None:
        if account:
            await _count_failure(account["id"])
        raise Forbidden("登录名或密码不正确，请核对后重新输入", code="wrong_password")
    if not account["active"]:
        raise Forbidden("这个账号已停用，请联系管理员", code="inactive")
    await rows("UPDATE account SET failed_tries = 0, locked_until = NULL WHERE id = {}", account["id"])
    return await sessions.start(account["id"])


async def confirm_password(actor: Actor, password: str) -> None:
    """Prove oneself again before an act with consequences.

    Raises NotSignedIn without an account, TooMany while it is locked, Invalid at field ``password`` otherwise.
    """
    if actor.account_id is None:
        raise NotSignedIn("请先登录")
    account = await row(
        "SELECT password, locked_until FROM account WHERE id = {} AND active", actor.account_id
    )
    if account and account["locked_until"] and account["locked_until"] > real_now():
        raise TooMany("密码输错次数过多，请稍后再试", retry_after=int(_PAUSE.total_seconds()))
    if not await passwords.matches(account["password"] if account else None, password):
        await _count_failure(actor.account_id)
        raise Invalid("密码不正确", fields=[FieldError("password", "密码不正确，请重新输入")])


async def change_password(actor: Actor, old: str, new: str) -> None:
    """Replace the actor's password and end all sessions.

    Raises as ``confirm_password``, and Invalid where the new one is too short or the old one again.
    """
    await confirm_password(actor, old)
    if new == old:
        raise Invalid(fields=[FieldError("new_password", "新密码不能与现在的密码相同")])
    if len(new) < passwords.MINIMUM_LENGTH:
        raise Invalid(
            fields=[
                FieldError(
                    "new_password", "密码至少 %(length)s 位", {"length": str(passwords.MINIMUM_LENGTH)}
                )
            ]
        )
    hashed = await passwords.hash_password(new)
    assert actor.account_id is not None
    async with transaction():
        await rows(
            "UPDATE account SET password = {}, password_due = false WHERE id = {}", hashed, actor.account_id
        )
        await sessions.end_all(actor.account_id)


async def _count_failure(account_id: int) -> None:
    await rows(
        "UPDATE account SET failed_tries = CASE WHEN failed_tries + 1 >= {} THEN 0 ELSE failed_tries + 1 END,"
        " locked_until = CASE WHEN failed_tries + 1 >= {} THEN {} ELSE locked_until END WHERE id = {}",
        _TRIES,
        _TRIES,
        real_now() + _PAUSE,
        account_id,
    )
