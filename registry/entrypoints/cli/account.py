"""`registry account`: the first operator, and accounts when nobody can sign in any more."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.kernel.actor import Membership

_ROLES = ("operator", "bureau_admin", "reviewer", "approver", "auditor", "school")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare `registry account open|password|close|list`."""
    parser = subparsers.add_parser(
        "account",
        help="开设账号、重设密码、停用 | open accounts, reset passwords, close",
        description=(
            "开设账号、重设密码、停用账号。正式系统的第一个运维账号由此开设，其余的在网页中开设。"
            "Opens accounts, resets passwords, closes accounts. The first operator of a production system is opened "
            "here, all others on the pages. Works on the system that runs on --data-dir, or on REGISTRY_DATABASE_URL."
        ),
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    opened = actions.add_parser(
        "open", help="开设账号，显示一次性密码 | open one, show its one-time password"
    )
    opened.add_argument("login", metavar="LOGIN", help="登录名 | login")
    opened.add_argument("--name", required=True, help="姓名 | the person's name")
    opened.add_argument("--role", choices=_ROLES, default="operator", help="身份（默认 operator）| role")
    opened.add_argument("--bureau", type=int, metavar="ID", help="教育局编号 | of a bureau's role")
    opened.add_argument("--school", type=int, metavar="ID", help="学校编号 | of a school's role")
    reset = actions.add_parser("password", help="重设密码 | give out a new one-time password")
    reset.add_argument("login", metavar="LOGIN", help="登录名 | login")
    closed = actions.add_parser("close", help="停用账号 | close an account")
    closed.add_argument("login", metavar="LOGIN", help="登录名 | login")
    closed.add_argument("--reason", required=True, help="原因 | why")
    listed = actions.add_parser("list", help="列出账号 | list accounts")
    listed.add_argument("--search", default="", help="登录名或姓名 | part of a login or name")
    for action in (opened, reset, closed, listed):
        action.add_argument(
            "--data-dir", default="var", help="系统的数据目录（默认 var）| data folder of the running system"
        )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the action asked for; returns the exit status."""
    act = {"open": _open, "password": _password, "close": _close, "list": _list}[args.action]
    if args.action == "open" and (wrong := _wrong_place(args)):
        print(wrong)
        return 2
    from pathlib import Path

    from registry.entrypoints.attach import take_over

    take_over(Path(args.data_dir))
    asyncio.run(_connected(act, args))
    return 0


def _wrong_place(args: argparse.Namespace) -> str:
    wanted = {"operator": "", "school": "--school"}.get(args.role, "--bureau")
    given = {name for name in ("--bureau", "--school") if getattr(args, name[2:]) is not None}
    if given == ({wanted} if wanted else set()):
        return ""
    return f"{args.role}：{'须写明 ' + wanted if wanted else '不写 --bureau 和 --school'} | takes {wanted or 'neither'}"


async def _connected(act: Callable[[argparse.Namespace], Awaitable[None]], args: argparse.Namespace) -> None:
    from registry.kernel import db

    async with db.pooled():
        await act(args)


async def _open(args: argparse.Namespace) -> None:
    from registry.accounts import staff
    from registry.kernel.actor import Actor, Membership, Role

    membership: Membership = Membership(Role(args.role), bureau_id=args.bureau, school_id=args.school)
    _, password = await staff.open_staff(
        Actor.for_system("registry account"), args.login, args.name, membership
    )
    _given_out(args.login, password)


async def _password(args: argparse.Namespace) -> None:
    from registry.accounts import staff
    from registry.kernel.actor import Actor

    _given_out(
        args.login, await staff.reset_password(Actor.for_system("registry account"), await _id_of(args.login))
    )


async def _close(args: argparse.Namespace) -> None:
    from registry.accounts import staff
    from registry.kernel.actor import Actor

    await staff.close(Actor.for_system("registry account"), await _id_of(args.login), args.reason)
    print(f"已停用 {args.login} | closed")


async def _list(args: argparse.Namespace) -> None:
    from registry.accounts import queries
    from registry.kernel.actor import Actor

    after = ""
    while found := await queries.staff_accounts(
        Actor.for_system("registry account"), text=args.search, after=after, limit=500
    ):
        for one in found:
            roles = "；".join(
                f"{held.membership.role.value} {held.organisation}".strip() for held in one.roles
            )
            state = "" if one.active else "（已停用）"
            print(f"{one.login}\t{one.display_name}{state}\t{roles}")
        after = found[-1].login


async def _id_of(login: str) -> int:
    from registry.accounts import queries

    return await queries.account_id_of(login)


def _given_out(login: str, password: str) -> None:
    print(f"登录名 login      {login.lower()}")
    print(f"初始密码 password  {password}")
    print("只显示这一次，首次登录时须修改。| Shown once; to be changed at the first sign-in.")
