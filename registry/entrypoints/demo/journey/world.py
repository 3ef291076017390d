"""The world of one run: its own city and district, bureau, lists, schools, accounts and rounds."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stdnum.cn import uscc

from registry.accounts.commands import add_membership, open_account
from registry.jurisdictions.tables import Bureau, Division, RegistryList
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.clock import today
from registry.kernel.db import row
from registry.rounds import commands as rounds
from registry.rounds.commands import RoundDraft
from registry.schools.tables import ListSchool, School

PASSWORD_LENGTH = 18


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of this run; the password is made anew each time."""

    id: int
    login: str
    password: str
    name: str


@dataclass(slots=True)
class World:
    """What a run acts on."""

    tag: str
    bureau_id: int
    list_id: int
    district_list_id: int
    round_id: int
    round_title: str
    deadline: date
    admin: Actor
    people: dict[str, Account]
    division: str

    def credit_code(self, number: int) -> str:
        """A valid credit code that this run alone uses."""
        body = f"91{self.division}MAY{self.tag[:5].upper()}{number % 10}"
        body = "".join(c if c in "0123456789ABCDEFGHJKLMNPQRTUWXY" else "X" for c in body)
        return body + uscc.calc_check_digit(body)


async def make_world() -> World:
    """Make everything a run needs, as an operator sets up a new bureau."""
    tag = secrets.token_hex(4)
    serial = await row("SELECT count(*) + 1 AS n FROM division WHERE code LIKE '9___00'")
    assert serial is not None
    city = f"9{serial['n']:03d}00"
    district = city[:4] + "01"
    await Division.insert(
        Division(code=city, name=f"演示{tag}市", parent=None),
        Division(code=district, name=f"演示{tag}区", parent=city),
    )
    bureau_id = await _bureau(f"演示{tag}市教育局", city)
    district_bureau = await _bureau(f"演示{tag}区教育局", district)
    list_id = await _list(bureau_id, f"演示{tag}市直属学校课后服务备选库")
    district_list = await _list(district_bureau, f"演示{tag}区课后服务备选库")
    people = {}
    for key, name, role, place in (
        ("reviewer", "初审员", Role.REVIEWER, bureau_id),
        ("approver", "复审员", Role.APPROVER, bureau_id),
        ("admin", "管理员", Role.BUREAU_ADMIN, bureau_id),
        ("district_admin", "区管理员", Role.BUREAU_ADMIN, district_bureau),
    ):
        people[key] = await _account(f"{key}-{tag}", name, Membership(role, bureau_id=place))
    both = await _account(f"both-{tag}", "兼职人员", Membership(Role.REVIEWER, bureau_id=bureau_id))
    await add_membership(both.id, Membership(Role.APPROVER, bureau_id=bureau_id))
    people["both"] = both
    for number in (1, 2):
        school_id = await _school(f"演示{tag}第{number}小学", bureau_id, city, list_id)
        people[f"school{number}"] = await _account(
            f"school{number}-{tag}", f"学校{number}经办人", Membership(Role.SCHOOL, school_id=school_id)
        )
    admin = Actor(people["admin"].id, "管理员", (Membership(Role.BUREAU_ADMIN, bureau_id=bureau_id),))
    now = await today()
    title = f"演示{tag}遴选批次"
    round_id = await open_round(admin, list_id, title, now, now + timedelta(days=2))
    return World(
        tag, bureau_id, list_id, district_list, round_id, title, now + timedelta(days=2), admin, people, city
    )


async def open_round(admin: Actor, list_id: int, title: str, opens_on: date, deadline: date) -> int:
    """A published round whose inspection years are those of the sample documents."""
    made = await rounds.create(
        admin,
        RoundDraft(
            list_id=list_id, title=title, opens_on=opens_on, deadline=deadline, inspection_years=(2020, 2021),
            supplementary=True,
        ),
    )  # fmt: skip
    await rounds.publish(admin, made)
    return made


async def member_account(tag: str, key: str, name: str, provider_id: int) -> Account:
    """An account for a provider that the registry knows already from an earlier run."""
    return await _account(f"{key}-{tag}", name, Membership(Role.PROVIDER, provider_id=provider_id))


async def provider_with(credit_code: str) -> int | None:
    """The id of the provider with a code, if it is registered."""
    found = await row("SELECT id FROM provider WHERE credit_code = {}", credit_code)
    return int(found["id"]) if found else None


async def passes_from(notice_id: int) -> date:
    """The first day on which a notice has passed."""
    day: date = (await _one("SELECT passes_from AS found FROM notice WHERE id = {}", notice_id))["found"]
    return day


async def entry_of(application_id: int) -> int:
    """The entry that an application led to."""
    return int((await _one("SELECT id AS found FROM entry WHERE application = {}", application_id))["found"])


async def course_of(entry_id: int) -> str:
    """The title of an entry's first course."""
    return str(
        (await _one("SELECT title AS found FROM course WHERE entry = {} ORDER BY id LIMIT 1", entry_id))[
            "found"
        ]
    )


async def case_of(entry_id: int) -> int:
    """The latest exit case against an entry."""
    return int(
        (await _one("SELECT id AS found FROM exit_case WHERE entry = {} ORDER BY id DESC LIMIT 1", entry_id))[
            "found"
        ]
    )


async def _one(sql: str, number: int) -> dict[str, Any]:
    found = await row(sql, number)
    if found is None:
        raise LookupError(sql)
    return found


async def _bureau(name: str, division: str) -> int:
    bureau = Bureau(
        name=name, short_name=name, division=division, policy_name="default", contact="0000-0000000"
    )
    await bureau.save()
    return int(bureau.id)


async def _list(bureau_id: int, name: str) -> int:
    made = RegistryList(bureau=bureau_id, name=name, short_name=name)
    await made.save()
    return int(made.id)


async def _school(name: str, bureau_id: int, division: str, list_id: int) -> int:
    school = School(name=name, bureau=bureau_id, division=division, township=False, address="")
    await school.save()
    await ListSchool.insert(ListSchool(list=list_id, school=int(school.id)))
    return int(school.id)


async def _account(login: str, name: str, membership: Membership) -> Account:
    password = secrets.token_urlsafe(PASSWORD_LENGTH)
    return Account(await open_account(login, name, password, (membership,)), login, password, name)
