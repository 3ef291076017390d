"""The demo's places: divisions, bureaux, lists, schools and accounts. All schools and people are invented."""

from __future__ import annotations

from datetime import date

from registry.accounts.commands import open_account
from registry.entrypoints.demo.accounts import ACCOUNTS, MORE, PASSWORD, DemoAccount
from registry.jurisdictions.tables import Bureau, Division, RegistryList
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.tables import DemoClock
from registry.schools.tables import ListSchool, School

FIRST_DAY = date(2022, 6, 20)

_DIVISIONS = (
    ("450000", "广西壮族自治区", None),
    ("450100", "南宁市", "450000"),
    ("450191", "岚山区", "450100"),
    ("440000", "广东省", None),
    ("442000", "中山市", "440000"),
    ("442000101", "小榄镇", "442000"),
)

_BUREAUX = (
    ("nanning", "南宁市教育局", "市教育局", "450100", "nanning-2022", "0771-0000000"),
    ("lanshan", "南宁市岚山区教育局", "岚山区教育局", "450191", "nanning-2022", "0771-0000001"),
    (
        "xiaolan",
        "中山市小榄镇教育和体育事务中心",
        "小榄镇教体中心",
        "442000101",
        "xiaolan-2023",
        "0760-0000000",
    ),
)

_LISTS = (
    (
        "nanning",
        "nanning",
        "南宁市教育局直属义务教育学校引进第三方机构参与课后服务备选库",
        "市直属学校备选库",
    ),
    ("lanshan", "lanshan", "南宁市岚山区义务教育学校课后服务第三方机构备选库", "岚山区备选库"),
    ("xiaolan", "xiaolan", "小榄镇校内课后服务第三方社会机构库", "小榄镇机构库"),
)

_SCHOOLS = (
    ("school-1", "南宁市荷风实验小学", "nanning", "450100", False, ("nanning",)),
    ("school-2", "南宁市邕江初级中学", "nanning", "450100", False, ("nanning",)),
    ("school-3", "岚山区茶汀镇中心小学", "lanshan", "450191", True, ("lanshan",)),
)


class Places:
    """Ids of what was made, by the keys used above."""

    def __init__(self) -> None:
        self.bureaux: dict[str, int] = {}
        self.lists: dict[str, int] = {}
        self.schools: dict[str, int] = {}
        self.accounts: dict[str, int] = {}

    def actor(self, login: str) -> Actor:
        """The actor behind a demo account of a bureau or school."""
        account = next(a for a in (*ACCOUNTS, *MORE) if a.login == login)
        return Actor(self.accounts[login], account.name, self.memberships(account))

    def memberships(self, account: DemoAccount) -> tuple[Membership, ...]:
        """What a demo account may be; provider accounts join their provider when it is registered."""
        return tuple(
            Membership(
                Role(role),
                bureau_id=self.bureaux.get(account.place),
                school_id=self.schools.get(account.place),
            )
            for role in account.roles
            if role != Role.PROVIDER
        )


async def make_places() -> Places:
    """Insert divisions, bureaux, lists, schools and accounts, and set the demo's first day."""
    places = Places()
    await DemoClock.insert(DemoClock(id=1, day=FIRST_DAY))
    await Division.insert(
        *[Division(code=code, name=name, parent=parent) for code, name, parent in _DIVISIONS]
    )
    for key, name, short, division, policy, contact in _BUREAUX:
        bureau = Bureau(name=name, short_name=short, division=division, policy_name=policy, contact=contact)
        await bureau.save()
        places.bureaux[key] = int(bureau.id)
    for key, bureau_key, name, short in _LISTS:
        made = RegistryList(bureau=places.bureaux[bureau_key], name=name, short_name=short)
        await made.save()
        places.lists[key] = int(made.id)
    for number, (key, name, bureau_key, division, township, lists) in enumerate(_SCHOOLS, 1):
        school = School(
            name=name,
            code=f"21450100{number:04d}",
            bureau=places.bureaux[bureau_key],
            division=division,
            township=township,
            address="",
        )
        await school.save()
        places.schools[key] = int(school.id)
        await ListSchool.insert(*[ListSchool(list=places.lists[k], school=school.id) for k in lists])
    for account in (*ACCOUNTS, *MORE):
        places.accounts[account.login] = await open_account(
            account.login, account.name, PASSWORD, places.memberships(account)
        )
    return places
