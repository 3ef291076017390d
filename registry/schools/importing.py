"""Schools that a bureau brings along in a file, with the lists that serve them (R31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.bans.rules import covers
from registry.jurisdictions.queries import bureau_place, lists_of_bureaux
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.bulk import insert_many
from registry.kernel.db import rows
from registry.kernel.lines import Column, Judged, Line, LineReader, Source, repeated
from registry.schools.tables import ListSchool, School

COLUMNS: tuple[Column, ...] = (
    Column("name", "学校名称", ("名称", "学校", "学校全称", "校名"), required=True, example="示例市第一小学"),
    Column("code", "学校标识码", ("学校代码", "标识码", "学校（机构）标识码"), example="2145010001",
           note="教育部学校（机构）标识码；留空时按名称识别。单元格请设为“文本”格式"),
    Column("division", "行政区划", ("行政区划代码", "区划代码", "所在区划", "所属区县", "区县"), example="450100",
           note="代码或名称，须在本教育局辖区内；留空为本教育局所在区划"),
    Column("township", "乡镇学校", ("是否乡镇学校", "是否乡镇", "农村学校"), example="否", note="是或否"),
    Column("address", "地址", ("学校地址", "住址"), example="示例市示例路 2 号"),
    Column("lists", "适用备选库", ("备选库", "适用名单", "白名单", "名单"),
           note="本教育局备选库的名称，有几个的用顿号隔开；留空则不变"),
)  # fmt: skip
_SCHOOLS = """
SELECT s.*, ARRAY(SELECT k.list FROM list_school k WHERE k.school = s.id) AS lists FROM school s
WHERE s.code = ANY({}) OR (s.bureau = {} AND s.name = ANY({})) ORDER BY s.id
"""


@dataclass(slots=True)
class Record:
    """A school of a file; ``lists`` are ids, ``stored`` its id, ``fresh_lists`` those that do not serve it yet."""

    name: str
    code: str | None
    division: str
    township: bool
    address: str
    lists: tuple[int, ...]
    stored: int | None = None
    changes: bool = False
    fresh_lists: tuple[int, ...] = ()


async def judge(bureau_id: int, lines: Sequence[Line], as_of: date, *, lock: bool = False) -> Judged:
    """What importing some lines would do, and everything that is wrong with them. ``records`` are ``Record``."""
    place = await bureau_place(bureau_id)
    known_lists = {one.name: one.id for one in await lists_of_bureaux([bureau_id])}
    known_lists |= {one.short_name: one.id for one in await lists_of_bureaux([bureau_id]) if one.short_name}
    readers = [LineReader(line, COLUMNS) for line in lines]
    divisions = await _divisions({line.values.get("division", "").strip() for line in lines})
    records = [_read(reader, place, known_lists, divisions) for reader in readers]
    repeated((r, "code", one.code or "") for r, one in zip(readers, records, strict=True))
    repeated((r, "name", one.name) for r, one in zip(readers, records, strict=True))
    await _meet(bureau_id, readers, records, lock=lock)
    fresh = sum(one.stored is None for one in records)
    changed = sum(one.stored is not None and (one.changes or bool(one.fresh_lists)) for one in records)
    return Judged(
        tuple(error for reader in readers for error in reader.errors),
        tuple(records),
        fresh,
        changed,
        len(records) - fresh - changed,
    )


async def _divisions(written: set[str]) -> dict[str, list[str]]:
    found = await rows(
        "SELECT code, name FROM division WHERE code = ANY({}) OR name = ANY({})",
        sorted(written),
        sorted(written),
    )
    known: dict[str, list[str]] = {}
    for one in found:
        known.setdefault(one["code"], []).append(one["code"])
        known.setdefault(one["name"], []).append(one["code"])
    return known


def _read(
    reader: LineReader, place: str, known_lists: dict[str, int], divisions: dict[str, list[str]]
) -> Record:
    code = "".join(reader.text("code", longest=20).split())
    if code and not (code.isascii() and code.isalnum()):
        reader.fail("code", "学校标识码只能是数字和字母")
    written = reader.text("division", longest=80)
    inside = [one for one in divisions.get(written, []) if covers(place, one)]
    if written and len(inside) != 1:
        reader.fail("division", "没有这个行政区划，或不在本教育局辖区内，请填写代码")
    lists: list[int] = []
    for name in reader.parts("lists"):
        if name in known_lists:
            lists.append(known_lists[name])
        else:
            reader.fail(
                "lists", "本教育局没有这个备选库，现有：%(names)s", names="、".join(sorted(known_lists))
            )
    return Record(
        name=reader.text("name", longest=120),
        code=code or None,
        division=inside[0] if written and inside else place,
        township=reader.flag("township"),
        address=reader.text("address"),
        lists=tuple(dict.fromkeys(lists)),
    )


async def _meet(bureau_id: int, readers: list[LineReader], records: list[Record], *, lock: bool) -> None:
    found = await rows(
        f"{_SCHOOLS} FOR NO KEY UPDATE OF s" if lock else _SCHOOLS,
        sorted({one.code for one in records if one.code}),
        bureau_id,
        sorted({one.name for one in records}),
    )
    by_code = {one["code"]: one for one in found if one["code"]}
    by_name = {one["name"]: one for one in found if one["bureau"] == bureau_id}
    for reader, record in zip(readers, records, strict=True):
        stored = by_code.get(record.code) if record.code else by_name.get(record.name)
        if stored is None and record.code:
            same = by_name.get(record.name)
            # The school was entered without its code; another code is another school.
            stored = same if same and not same["code"] else None
        record.fresh_lists = record.lists
        if stored is None:
            continue
        if stored["bureau"] != bureau_id:
            reader.fail("code", "这个标识码的学校由其他教育局管理")
            continue
        record.stored = int(stored["id"])
        record.fresh_lists = tuple(one for one in record.lists if one not in stored["lists"])
        record.code = record.code or stored["code"]
        record.address = record.address or stored["address"]
        record.changes = any(
            getattr(record, column) != stored[column]
            for column in ("name", "code", "division", "township", "address")
        )


async def write(actor: Actor, bureau_id: int, judged: Judged, source: Source) -> None:
    """Write judged lines in the caller's transaction, with an event for each school that is new or changed."""
    records: tuple[Record, ...] = judged.records
    fresh = [one for one in records if one.stored is None]
    made = await insert_many(School, [{"bureau": bureau_id, **_columns(one)} for one in fresh])
    for one, school_id in zip(fresh, made, strict=True):
        one.stored = school_id
    changed = [one for one in records if one.changes]
    for one in changed:
        await School.update(_columns(one)).where(School.id == one.stored)
    await insert_many(
        ListSchool, [{"list": number, "school": one.stored} for one in records for number in one.fresh_lists]
    )
    new = {id(one) for one in fresh}
    await events.record_many(
        actor,
        [
            events.Happening(
                "school", one.stored or 0, "import" if id(one) in new else "update",
                (events.bureau_chain(bureau_id),), data=source.event_data(lists=list(one.fresh_lists)),
            )
            for one in records
            if id(one) in new or one.changes or one.fresh_lists
        ],
    )  # fmt: skip


def _columns(record: Record) -> dict[Any, Any]:
    return {
        "name": record.name,
        "code": record.code,
        "division": record.division,
        "township": record.township,
        "address": record.address,
    }
