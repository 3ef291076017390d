"""A registry at the size of a country, written with COPY: providers on lists of 300 bureaux, schools, contracts.

Names, courses and places are drawn from words that occur, by a seed; everything is fictional. Sizes follow from the
number of providers: eleven schools for thirty providers, ten contracts for three.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import psycopg

from registry.policies import freeze, load
from registry.whitelist.search import indexed
from registry.whitelist.subjects import subjects_of

AS_OF = date(2026, 3, 2)
BUREAUX = 300
_PLACES = (
    "青秀",
    "良庆",
    "兴宁",
    "江南",
    "邕宁",
    "武鸣",
    "城中",
    "鱼峰",
    "海城",
    "玉州",
    "临桂",
    "右江",
    "岚山",
    "茶汀",
    "荷风",
)
_WORDS = ("晨曦", "飞扬", "星野", "青禾", "云帆", "小榕树", "启明", "乐知", "童创", "汇贤", "鸿鹄", "知行", "木棉", "朗月", "海棠",
          "蓝鲸", "向阳", "博雅", "思源", "远航", "锦程", "阳光", "未来", "智慧", "育英")  # fmt: skip
_KINDS = ("体育", "艺术", "文化", "科技", "教育科技", "体育文化", "文化传播", "青少年发展")
_FORMS = ("有限公司", "培训中心", "俱乐部", "有限责任公司", "服务中心")
_COURSES = (
    ("校园足球", "sports"), ("羽毛球启蒙", "sports"), ("花样跳绳", "sports"), ("少儿武术", "sports"), ("篮球", "sports"),
    ("硬笔书法", "arts"), ("创意美术", "arts"), ("中国舞", "arts"), ("童声合唱", "arts"), ("古筝", "arts"), ("围棋", "arts"),
    ("图形化编程", "technology"), ("机器人搭建", "technology"), ("航模", "technology"),
    ("种植与烹饪", "comprehensive_practice"), ("剪纸", "comprehensive_practice"),
)  # fmt: skip
_SUSPENDED, _REMOVED, _OVER = 0.02, 0.01, 0.12


def fill(url: str, providers: int, seed: int = 7) -> None:
    """Fill an empty migrated database as its superuser. A million contracts take some minutes."""
    rng = Random(seed)
    with psycopg.connect(url, autocommit=True) as connection:
        # What rules and foreign keys hold is true by construction here; checking a million rows would only take time.
        connection.execute("SET session_replication_role = replica")
        _bureaux(connection)
        _copy(connection, "provider", _PROVIDER, _providers(rng, providers))
        _copy(connection, "entry", _ENTRY, _entries(rng, providers))
        _copy(
            connection,
            "course",
            "entry,position,title,category,grades,class_size,price_cents",
            _courses(providers),
        )
        _copy(
            connection, "suspension", "entry,cause,reason,started_on,ended_on", _suspensions(rng, providers)
        )
        _copy(connection, "removal", "entry,case_id,ground,removed_on,restored_on", _removals(rng, providers))
        schools = max(providers * 11 // 30, 10)
        _copy(connection, "school", "id,name,bureau,division,township,address", _schools(rng, schools))
        _copy(connection, "list_school", "list,school", ((1 + n % BUREAUX, n) for n in range(1, schools + 1)))
        connection.execute(
            "INSERT INTO stored_file (id, owner, owner_id, given_name, media_type, size, sha256, object_key, uploaded_at)"
            " VALUES (1, 'contract', 1, 'x', 'application/pdf', 1, repeat('0', 64), 'uploads/00/x', now())"
        )
        _copy(connection, "contract", _CONTRACT, _contracts(rng, providers * 10 // 3, providers, schools))
        connection.execute("RESET session_replication_role")
        connection.execute("VACUUM ANALYZE")


_PROVIDER = (
    "id,name,name_key,credit_code,kind,legal_representative,registered_address,registered_until,created_at"
)
_ENTRY = (
    "id,list,provider,certificate_number,name,categories,state,listed_on,ends_on,removed_on,search_text,search_terms,"
    "pinyin_key,subjects,lowest_price_cents,created_at"
)
_CONTRACT = (
    "id,number,school,entry,category,course_title,starts_on,ends_on,fee_cents,committee_applied,state,"
    "school_confirmed_by,provider_confirmed_by,scan,signed_on,policy,policy_version,service_blocked_reason,"
    "termination_reason,created_at"
)


def name_of(number: int) -> str:
    """The name of a provider."""
    one, two = _WORDS[number % len(_WORDS)], _WORDS[number // len(_WORDS) % len(_WORDS)]
    place = _PLACES[number % len(_PLACES)]
    return f"{place}区{one}{two}{number % 997}号{_KINDS[number % len(_KINDS)]}{_FORMS[number % len(_FORMS)]}"


def _courses_of(number: int) -> list[tuple[str, str, int]]:
    first = number % len(_COURSES)
    second = (number * 7 + 3) % len(_COURSES)
    return [(*_COURSES[first], 2000 + number % 40 * 100), (*_COURSES[second], 2500 + number % 30 * 100)]


def _copy(connection: Any, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    if columns.startswith("id,"):
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )


def _bureaux(connection: Any) -> None:
    codes = [f"{11 + n // 20:02d}{1 + n % 20:02d}00" for n in range(BUREAUX)]
    _copy(connection, "division", "code,name", ((code, f"虚构市{code}") for code in codes))
    _copy(
        connection, "bureau", "id,name,short_name,division,policy_name,contact",
        ((n, f"虚构市{code}教育局", code, code, "default", "") for n, code in enumerate(codes, 1)),
    )  # fmt: skip
    _copy(
        connection, "registry_list", "id,bureau,name,short_name,public",
        ((n, n, f"虚构市{code}备选库", "直属库", True) for n, code in enumerate(codes, 1)),
    )  # fmt: skip


def _providers(rng: Random, count: int) -> Iterator[tuple[Any, ...]]:
    for n in range(1, count + 1):
        until = AS_OF + timedelta(days=rng.randrange(-40, 1500)) if rng.random() < 0.4 else None
        name = name_of(n)
        yield (
            n,
            name,
            name,
            f"91{n:016d}",
            "business_licence",
            "虚构",
            f"{_PLACES[n % 15]}区虚构路{n % 500}号",
            until,
            "now",
        )


def _fate(number: int) -> str:
    share = number * 7919 % 10_000 / 10_000
    for kind, upto in (
        ("removed", _REMOVED),
        ("suspended", _REMOVED + _SUSPENDED),
        ("over", _REMOVED + _SUSPENDED + _OVER),
    ):
        if share < upto:
            return kind
    return "listed"


def _entries(rng: Random, count: int) -> Iterator[tuple[Any, ...]]:
    for n in range(1, count + 1):
        courses, fate = _courses_of(n), _fate(n)
        titles = [title for title, _, _ in courses]
        number = f"{n % BUREAUX:06d}-2025-{n:06d}"
        index = indexed(
            [name_of(n)], [f"91{n:016d}", number, *titles, f"{_PLACES[n % 15]}区虚构路{n % 500}号"]
        )
        listed = AS_OF - timedelta(days=rng.randrange(30, 500))
        ends = (
            AS_OF - timedelta(days=rng.randrange(1, 20)) if fate == "over" else listed + timedelta(days=730)
        )
        yield (
            n, 1 + n % BUREAUX, n, number, name_of(n), sorted({category for _, category, _ in courses}),
            "removed" if fate == "removed" else "suspended" if fate == "suspended" else "listed", listed, ends,
            AS_OF - timedelta(days=10) if fate == "removed" else None, index.text, index.terms, index.pinyin_key,
            subjects_of(titles), min(price for _, _, price in courses), "now",
        )  # fmt: skip


def _courses(count: int) -> Iterator[tuple[Any, ...]]:
    for n in range(1, count + 1):
        for position, (title, category, price) in enumerate(_courses_of(n), 1):
            yield n, position, title, category, "一至六年级", 30, price


def _suspensions(rng: Random, count: int) -> Iterator[tuple[Any, ...]]:
    for n in range(1, count + 1):
        if _fate(n) == "suspended":
            yield n, "bureau", "核查", AS_OF - timedelta(days=rng.randrange(1, 25)), None


def _removals(rng: Random, count: int) -> Iterator[tuple[Any, ...]]:
    for n in range(1, count + 1):
        if _fate(n) == "removed":
            yield n, n, "subcontracted", AS_OF - timedelta(days=10), None


def _schools(rng: Random, count: int) -> Iterator[tuple[Any, ...]]:
    for n in range(1, count + 1):
        bureau = 1 + n % BUREAUX
        division = f"{11 + (bureau - 1) // 20:02d}{1 + (bureau - 1) % 20:02d}00"
        yield (
            n,
            f"{rng.choice(_PLACES)}区第{n}{rng.choice(('小学', '中学', '实验学校'))}",
            bureau,
            division,
            n % 5 == 0,
            "",
        )


def _contracts(rng: Random, count: int, providers: int, schools: int) -> Iterator[tuple[Any, ...]]:
    policy = freeze(load("default"))
    # The same for all: a real one is as long, and stands beside each contract.
    frozen = json.dumps({"name": policy["name"], "version": policy["version"]})
    for n in range(1, count + 1):
        start = AS_OF + timedelta(days=rng.randrange(-360, 60))
        title, category, price = _courses_of(n % providers + 1)[n % 2]
        yield (
            n, f"HT-{n:08d}", 1 + rng.randrange(schools), n % providers + 1, category, title, start,
            start + timedelta(days=rng.randrange(90, 400)), price, False, "signed", 1, 2, 1, start - timedelta(days=3),
            frozen, policy["version"], "", "", "now",
        )  # fmt: skip
