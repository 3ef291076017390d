"""Who is who: invented people, providers and codes with valid check characters; spellings of dates."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

_SURNAMES = [
    "欧阳",
    "司徒",
    "林",
    "何",
    "高",
    "邓",
    "曾",
    "彭",
    "袁",
    "蒋",
    "蔡",
    "贾",
    "薛",
    "阎",
    "余",
    "潘",
    "杜",
    "戴",
    "夏",
    "钟",
    "汪",
    "田",
    "任",
    "姜",
    "范",
    "方",
    "石",
    "姚",
    "谭",
    "廖",
]
_GIVEN = [
    "思远",
    "语嫣",
    "浩然",
    "美玲",
    "志强",
    "子轩",
    "雅琴",
    "海燕",
    "国栋",
    "晓雯",
    "俊杰",
    "慧敏",
    "凯",
    "婷",
    "锐",
    "玥",
    "一鸣",
    "佩瑶",
    "振宇",
    "桂兰",
]
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLAIN = "〇一二三四五六七八九"
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Person:
    """A person with a resident ID; ``born`` is inside it."""

    name: str
    number: str

    @property
    def born(self) -> date:
        """The day of birth."""
        return date(int(self.number[6:10]), int(self.number[10:12]), int(self.number[12:14]))

    @property
    def sex(self) -> str:
        """男 or 女, as the number says."""
        return "男" if int(self.number[16]) % 2 else "女"


class People:
    """A seeded source of people and codes; no name twice."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._used: set[str] = set()

    def person(self, first: int = 1965, last: int = 1998) -> Person:
        """Someone born between two years."""
        while True:
            name = self.random.choice(_SURNAMES) + self.random.choice(_GIVEN)
            if name not in self._used:
                break
        self._used.add(name)
        born = date(self.random.randint(first, last), self.random.randint(1, 12), self.random.randint(1, 28))
        area = self.random.choice(("450902", "451121", "430524", "440781", "360733"))
        body = f"{area}{born:%Y%m%d}{self.random.choice(('000', '999', '001', '998'))}"
        return Person(name, body + str(mod_11_2.calc_check_digit(body)))

    def credit_code(self, kind: str = "91") -> str:
        """A unified social credit code; 91 firm, 92 sole trader, 52 private unit, 51 society."""
        body = "MA" if kind in ("91", "92") else "MJ"
        body += "".join(self.random.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(6))
        total = sum(_ALPHANUMERIC.index(c) * w for c, w in zip(body, _WEIGHTS, strict=True))
        check = 11 - total % 11
        code = f"{kind}450902{body}" + {10: "X", 11: "0"}.get(check, str(check))
        return code + str(uscc.calc_check_digit(code))

    def number(self, pattern: str) -> str:
        """A certificate number: every # becomes a digit."""
        return "".join(self.random.choice("0123456789") if c == "#" else c for c in pattern)


@dataclass
class Teacher:
    """A teacher with one certificate: ``kind`` of paper, ``until`` where it ends, ``level`` for instructors."""

    person: Person
    kind: str
    number: str
    issued: date
    until: date | None = None
    level: str = ""
    subject: str = ""


@dataclass
class Provider:
    """A provider as it is registered."""

    name: str
    code: str
    boss: Person
    address: str
    scope: str
    place: str
    kind: str = "business_licence"
    established: date = date(2017, 9, 4)
    since: date | None = date(2019, 4, 8)
    until: date | str | None = date(2029, 4, 7)
    issued: date = date(2019, 4, 8)
    capital: str = "伍拾万圆整"
    categories: tuple[str, ...] = ("sports",)
    teachers: list[Teacher] = field(default_factory=list)
    handed_in: date = date(2022, 6, 15)


def iso(day: date | str | None) -> str | None:
    """A day as the truth holds it."""
    return day.isoformat() if isinstance(day, date) else day


def spelled(day: date, how: str) -> str:
    """A day in one of the spellings that documents use."""
    match how:
        case "han":
            year = "".join(_PLAIN[int(d)] for d in str(day.year))
            return f"{year}年{_small(day.month)}月{_small(day.day)}日"
        case "dot":
            return f"{day.year}.{day.month:02d}.{day.day:02d}"
        case "slash":
            return f"{day.year}/{day.month}/{day.day}"
        case "dash":
            return day.isoformat()
        case "short":
            return f"{day.year}年{day.month}月{day.day}日"
        case "spaced":
            return f"{day.year} 年 {day.month:02d} 月 {day.day:02d} 日"
        case "full":
            return "".join(
                chr(ord(c) + 0xFEE0) if c.isdigit() else c
                for c in f"{day.year}年{day.month:02d}月{day.day:02d}日"
            )
    return f"{day.year}年{day.month:02d}月{day.day:02d}日"


def _small(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _PLAIN[tens] + "十"
    return head + (_PLAIN[ones] if ones or not tens else "")
