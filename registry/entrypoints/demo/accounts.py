"""The demo's accounts: fictional people, one password for all, shown on the sign-in page and by ``make run``."""

from __future__ import annotations

from dataclasses import dataclass

# Published on purpose: production has no demo accounts.
PASSWORD = "kehou-demo-2022"  # noqa: S105


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo: ``place`` is the key of its bureau, school or provider in the seed."""

    login: str
    name: str
    roles: tuple[str, ...]
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.what:<22}{self.login:<12}{PASSWORD}"


ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("jigou", "岑子墨", ("provider",), "qingmeng", "机构 provider"),
    DemoAccount("chushen", "韦知夏", ("reviewer",), "nanning", "初审 reviewer"),
    DemoAccount("fushen", "农景行", ("approver",), "nanning", "复审 approver"),
    DemoAccount("guanli", "黄以宁", ("bureau_admin",), "nanning", "教育局管理员 admin"),
    DemoAccount("xuexiao1", "梁书禾", ("school",), "school-1", "学校一 school"),
    DemoAccount("xuexiao2", "覃望舒", ("school",), "school-2", "学校二 school"),
    DemoAccount("shenji", "陆闻笛", ("auditor",), "nanning", "审计 auditor"),
)

MORE: tuple[DemoAccount, ...] = (
    DemoAccount("chushen2", "莫照临", ("reviewer",), "nanning", "初审二"),
    DemoAccount("fushen2", "苏怀瑾", ("approver",), "nanning", "复审二"),
    DemoAccount("quchushen", "班星河", ("reviewer",), "lanshan", "区初审"),
    DemoAccount("qufushen", "谭若水", ("approver",), "lanshan", "区复审"),
    DemoAccount("quguanli", "蒙云舒", ("bureau_admin",), "lanshan", "区管理员"),
    DemoAccount("xuexiao3", "闭清和", ("school",), "school-3", "学校三"),
    DemoAccount("xlchushen", "何既白", ("reviewer",), "xiaolan", "小榄初审"),
    DemoAccount("xlfushen", "麦予安", ("approver",), "xiaolan", "小榄复审"),
    DemoAccount("xlguanli", "伍知微", ("bureau_admin",), "xiaolan", "小榄管理员"),
)
