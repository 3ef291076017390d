"""Places: administrative divisions at the start of a name or an address.

The table of divisions comes from GB/T 2260 (see tools/build_divisions.py) and keeps former divisions: names outlive
them. All text given to this module is a ``name_key``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from vetting.matching.normalise import name_key

_LONGEST = 15
_KINDS = ("市", "区", "县", "州", "盟", "旗", "省", "地区")
# What a province is called in short where that is not its name without 省 or 市.
_SHORT_PROVINCES = {
    "15": "内蒙古", "45": "广西", "54": "西藏", "64": "宁夏", "65": "新疆", "81": "香港", "82": "澳门",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Divisions:
    """The table by province (``45``), prefecture (``4501``) and county (``450103``), names in full and in short."""

    provinces: dict[str, str]
    prefectures: dict[str, dict[str, str]]
    counties: dict[str, dict[str, str]]
    former: dict[str, dict[str, str]]
    everywhere: dict[str, frozenset[str]]
    full: frozenset[str]
    short: frozenset[str]


def _short(name: str) -> str:
    """A name without its kind (市, 区, 县 ...), or the name where too little is left."""
    for kind in ("地区", "新区", "林区", "市", "区", "县", "盟", "旗", "省"):
        if name.endswith(kind) and len(name) - len(kind) >= 2:
            return name[: -len(kind)]
    return name


@cache
def _divisions() -> _Divisions:
    provinces: dict[str, str] = {}
    prefectures: dict[str, dict[str, str]] = defaultdict(dict)
    counties: dict[str, dict[str, str]] = defaultdict(dict)
    former: dict[str, dict[str, str]] = defaultdict(dict)
    everywhere: dict[str, set[str]] = defaultdict(set)
    full: set[str] = set()
    brief: set[str] = set()
    table = files("vetting.matching").joinpath("data/divisions.txt").read_text("utf-8")
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        code, _, raw = line.partition(" ")
        gone = code.endswith("-")
        code, name = code.rstrip("-"), name_key(raw)
        full.add(name)
        if code.endswith("0000"):
            short = _SHORT_PROVINCES.get(code[:2], _short(name))
            provinces[name] = provinces[short] = code[:2]
            brief.add(short)
        elif code.endswith("00"):
            # 海口市 was once in Guangdong: a former prefecture is known as a place, but no address is in it.
            if not gone:
                prefectures[code[:2]].setdefault(name, code[:4])
                prefectures[code[:2]].setdefault(_short(name), code[:4])
            brief.add(_short(name))
        elif gone:
            former[code[:4]].setdefault(name, code)
        else:
            counties[code[:4]].setdefault(name, code)
            everywhere[name].add(code)
            if name.endswith(("市", "县")):
                brief.add(_short(name))
    once = {name: frozenset(codes) for name, codes in everywhere.items()}
    return _Divisions(
        provinces, dict(prefectures), dict(counties), dict(former), once, frozenset(full), frozenset(brief)
    )


def known(text: str) -> bool:
    """Whether that is the name of a division, in full or in short."""
    return text in _divisions().full or text in _divisions().short


def is_city(text: str) -> bool:
    """Whether that names a city in full: 南宁市, not 南宁 and not 超市."""
    return text.endswith("市") and text in _divisions().full


def is_short(text: str) -> bool:
    """Whether that names a division in short only: 南宁, not 南宁市."""
    return text in _divisions().short and text not in _divisions().full


def leading_places(text: str) -> list[str]:
    """The divisions that ``text`` starts with, largest first: 广西南宁市青秀区... gives three.

    A short form (南宁) counts at the very beginning or after a province only: further in it is part of a brand. Text
    that is nothing but a place keeps it as something else (海口 the brand, not the city).
    """
    divisions = _divisions()
    places: list[str] = []
    at = 0
    while len(places) < 3:
        briefly = all(place in divisions.provinces for place in places)
        for length in range(min(_LONGEST, len(text) - at - 1), 1, -1):
            word = text[at : at + length]
            if word in divisions.full or (briefly and word in divisions.short):
                places.append(word)
                at += length
                break
        else:
            break
    return places


def _take(text: str, names: dict[str, str]) -> tuple[str, str] | None:
    """The longest of ``names`` that ``text`` starts with: its code and the rest of the text.

    A short name before another kind is another division: 朝阳区 is not in 朝阳市, 吉林市 is not all of 吉林省.
    """
    for length in range(min(_LONGEST, len(text)), 1, -1):
        code = names.get(text[:length])
        in_full = text[:length].endswith(_KINDS)
        if code is not None and (in_full or not text.startswith(_KINDS, length)):
            return code, text[length:]
    return None


def region_of(address: str) -> str:
    """The six-digit division of an address (a raw one), ``""`` where it names none.

    The county if it is named, else the prefecture (``450100``), as for cities without districts. A county without its
    prefecture counts where only one in the province, or in the country, is called so.
    """
    divisions = _divisions()
    text = name_key(address).removeprefix("中华人民共和国").removeprefix("中国")
    province = _take(text, divisions.provinces)
    if province is not None:
        text = province[1]
        # 北京市北京市朝阳区 and 北京市市辖区朝阳区 are written by forms that ask for province and city one by one.
        again = _take(text, divisions.provinces)
        text = again[1] if again is not None and again[0] == province[0] else text
        text = text.removeprefix("市辖区")
        reach = {province[0]: divisions.prefectures.get(province[0], {})}
    else:
        reach = divisions.prefectures
    found = [hit for names in reach.values() if (hit := _take(text, names)) is not None]
    if found:
        code, rest = max(found, key=lambda hit: len(text) - len(hit[1]))
        rest = rest.removeprefix("市辖区")
        county = _take(rest, divisions.counties.get(code, {})) or _take(rest, divisions.former.get(code, {}))
        return county[0] if county is not None else _lone_county(rest, code[:2], divisions) or f"{code}00"
    return _lone_county(text, province[0] if province is not None else "", divisions)


def _lone_county(text: str, prefix: str, divisions: _Divisions) -> str:
    """The county that ``text`` starts with, if one alone under ``prefix`` is called so."""
    for length in range(min(_LONGEST, len(text)), 1, -1):
        codes = {c for c in divisions.everywhere.get(text[:length], ()) if c.startswith(prefix)}
        if len(codes) == 1:
            return codes.pop()
    return ""
