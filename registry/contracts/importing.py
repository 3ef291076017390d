"""Contracts that run already, signed on paper before a bureau used this system, brought along in a file (R22, R23)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.contracts.rules import default_end, term_allowed
from registry.contracts.tables import Contract
from registry.jurisdictions.queries import ListView, lists_by_id
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.bulk import insert_many
from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.kernel.lines import Column, Judged, Line, LineReader, Source, chosen, repeated
from registry.policies import freeze
from registry.providers.rules import normalise_number
from registry.whitelist.numbers import next_serial

COLUMNS: tuple[Column, ...] = (
    Column("school", "学校", ("学校名称", "甲方", "学校标识码", "学校全称"), required=True, example="示例市第一小学",
           note="名称或学校标识码"),
    Column("provider", "机构", ("证书编号", "统一社会信用代码", "信用代码", "机构代码", "乙方代码"), required=True,
           example="91450100MA5EXAMP0A", note="统一社会信用代码或证书编号，须已在本教育局的备选库中"),
    Column("category", "服务类别", ("类别", "课程类别"), example="文化艺术类", note="机构只入选一类时可以留空"),
    Column("course_title", "课程名称", ("课程", "服务项目", "服务内容"), required=True, example="少儿书法"),
    Column("number", "合同编号", ("编号", "合同号"), note="没有编号的留空，由系统编号"),
    Column("signed_on", "签订日期", ("签约日期", "签订日", "签约日"), required=True, day=True, example="2021-08-20"),
    Column("starts_on", "服务首日", ("起始日", "开始日期", "合同起始日", "服务开始日期", "合同开始日期"), required=True,
           day=True, example="2021-09-01"),
    Column("ends_on", "服务末日", ("终止日", "结束日期", "合同终止日", "服务结束日期", "合同结束日期", "截止日期"), day=True,
           example="2022-08-31", note="留空为服务首日所在学年的最后一日；不得超过本地规则的最长期限"),
    Column("fee", "课时费（元）", ("课时费", "单价", "收费标准", "每课时费用"), example="40"),
)  # fmt: skip
_OVER = ("draft", "offered", "signed")


_ENTRIES = """
SELECT e.id, e.list, e.provider, p.credit_code, e.certificate_number, e.categories, e.state, e.listed_on, e.ends_on
FROM entry e JOIN provider p ON p.id = e.provider JOIN registry_list l ON l.id = e.list
WHERE l.bureau = {} AND (p.credit_code = ANY({}) OR e.certificate_number = ANY({})) ORDER BY e.id
"""


@dataclass(slots=True)
class Record:
    """A contract of a file. ``entry`` and ``school`` are ids; ``stored`` whether it is there already."""

    school: int | None
    entry: dict[str, Any] | None
    category: str
    course_title: str
    number: str
    signed_on: date
    starts_on: date
    ends_on: date
    fee_cents: int | None
    stored: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What a bureau's contracts can be about."""

    lists: dict[int, ListView]
    schools: dict[str, list[int]]
    entries: dict[str, list[dict[str, Any]]]
    serves: frozenset[tuple[int, int]]


async def judge(bureau_id: int, lines: Sequence[Line], as_of: date, *, lock: bool = False) -> Judged:
    """What importing some lines would do, and everything that is wrong with them. ``records`` are ``Record``."""
    known = await _known(bureau_id, lines, lock=lock)
    readers = [LineReader(line, COLUMNS) for line in lines]
    records = [_read(reader, known, as_of) for reader in readers]
    await _against_status(readers, records)
    repeated((r, "number", one.number) for r, one in zip(readers, records, strict=True))
    await _meet(readers, records)
    _within_file(readers, records)
    kept = sum(one.stored for one in records)
    return Judged(
        tuple(error for reader in readers for error in reader.errors),
        tuple(records),
        len(records) - kept,
        0,
        kept,
    )


async def _known(bureau_id: int, lines: Sequence[Line], *, lock: bool) -> _Known:
    written = sorted({line.values.get("provider", "").strip() for line in lines})
    codes = sorted({normalise_number(one) for one in written})
    entries = await rows(f"{_ENTRIES} FOR UPDATE OF e" if lock else _ENTRIES, bureau_id, codes, written)
    by_key: dict[str, list[dict[str, Any]]] = {}
    for one in entries:
        by_key.setdefault(one["credit_code"], []).append(one)
        by_key.setdefault(one["certificate_number"], []).append(one)
    names = sorted({" ".join(line.values.get("school", "").split()) for line in lines})
    schools = await rows(
        "SELECT s.id, s.name, s.code FROM school s WHERE (s.name = ANY({}) OR s.code = ANY({})) AND (s.bureau = {}"
        " OR EXISTS (SELECT 1 FROM list_school k JOIN registry_list l ON l.id = k.list"
        "            WHERE k.school = s.id AND l.bureau = {}))",
        names,
        names,
        bureau_id,
        bureau_id,
    )
    by_name: dict[str, list[int]] = {}
    for one in schools:
        for key in {one["name"], one["code"]} - {None}:
            by_name.setdefault(key, []).append(one["id"])
    served = await rows(
        "SELECT list, school FROM list_school WHERE school = ANY({})", sorted({one["id"] for one in schools})
    )
    lists = await lists_by_id(one["list"] for one in entries)
    return _Known(lists, by_name, by_key, frozenset((one["list"], one["school"]) for one in served))


def _read(reader: LineReader, known: _Known, as_of: date) -> Record:
    schools = known.schools.get(name := reader.text("school"), [])
    if name and len(schools) != 1:
        reader.fail("school", "没有找到这所学校，或有同名的，请先导入学校，或填写学校标识码")
    signed_on, starts_on, ends_on = (reader.day(name) for name in ("signed_on", "starts_on", "ends_on"))
    entry = _entry(reader, known, starts_on or signed_on)
    record = Record(
        school=schools[0] if len(schools) == 1 else None,
        entry=entry,
        category="",
        course_title=reader.text("course_title", longest=120),
        number=reader.text("number", longest=40),
        signed_on=signed_on or as_of,
        starts_on=starts_on or as_of,
        ends_on=ends_on or as_of,
        fee_cents=reader.cents("fee"),
    )
    if re.match(r"HT-[0-9]+-[0-9]{4}-", record.number) and not re.fullmatch(
        r"HT-[0-9]+-[0-9]{4}-[0-9]{1,6}", record.number
    ):
        reader.fail("number", "以“HT-区划代码-年份-”开头的编号，其后只能是数字")
    if entry is not None:
        policy = known.lists[entry["list"]].policy
        record.category = _category(reader, entry, {c: policy.category_name(c) for c in entry["categories"]})
        if record.school is not None and (entry["list"], record.school) not in known.serves:
            reader.fail("school", "机构所在的备选库不适用于这所学校")
        if signed_on and starts_on:
            record.ends_on = ends_on or default_end(starts_on, policy.contract.school_year_ends_on)
            _judge_days(reader, record, entry, policy.contract.max_years, as_of)
    return record


def _entry(reader: LineReader, known: _Known, on: date | None) -> dict[str, Any] | None:
    written = reader.text("provider", longest=60)
    found = known.entries.get(written) or known.entries.get(normalise_number(written), [])
    if not found:
        if written:
            reader.fail("provider", "本教育局的备选库中没有这家机构，请先导入在册机构")
        return None
    covering = [one for one in found if on is not None and one["listed_on"] <= on <= one["ends_on"]]
    if len(covering) == 1 or len(found) == 1:
        return (covering or found)[0]
    reader.fail("provider", "这家机构有几个条目，请填写证书编号")
    return None


def _category(reader: LineReader, entry: dict[str, Any], names: dict[str, str]) -> str:
    written = reader.text("category", longest=40)
    if not written and len(names) == 1:
        return next(iter(names))
    code = chosen(written, names)
    if code is None:
        reader.fail("category", "请填写该机构入选的类别：%(names)s", names="、".join(names.values()))
    return code or ""


def _judge_days(reader: LineReader, one: Record, entry: dict[str, Any], max_years: int, as_of: date) -> None:
    if one.signed_on > as_of:
        reader.fail("signed_on", "签订日期在今天之后")
    if one.signed_on > one.starts_on:
        reader.fail("signed_on", "晚于服务首日")
    answer = term_allowed(one.starts_on, one.ends_on, max_years)
    if not answer.allowed:
        reader.fail("ends_on", "合同期限不符合规定：%(why)s", why=answer.why)
    first, last = entry["listed_on"], entry["ends_on"]
    for name, day in (("signed_on", one.signed_on), ("starts_on", one.starts_on)):
        if not first <= day <= last:
            reader.fail(
                name,
                "不在该机构的在册期内（%(first)s 至 %(last)s）",
                first=first.isoformat(),
                last=last.isoformat(),
            )
            break


async def _against_status(readers: list[LineReader], records: list[Record]) -> None:
    """The entry was not suspended or removed on the day of signing, and is on the list now (R22)."""
    entries = sorted({one.entry["id"] for one in records if one.entry})
    stopped = await rows(
        "SELECT entry, started_on AS first, ended_on AS past FROM suspension WHERE entry = ANY({})"
        " UNION ALL SELECT entry, removed_on, restored_on FROM removal WHERE entry = ANY({})",
        entries,
        entries,
    )
    for reader, one in zip(readers, records, strict=True):
        if one.entry is None:
            continue
        if one.entry["state"] != "listed":
            reader.fail("provider", "该机构目前不是在册状态，不能导入它的合同")
        elif any(
            found["entry"] == one.entry["id"]
            and found["first"] <= one.signed_on
            and (found["past"] is None or one.signed_on < found["past"])
            for found in stopped
        ):
            reader.fail("signed_on", "签订当日该机构处于暂停或移除状态")


async def _meet(readers: list[LineReader], records: list[Record]) -> None:
    found = await rows(
        "SELECT number, school, entry, course_title, starts_on, ends_on, terminated_on FROM contract"
        " WHERE number = ANY({}) OR (entry = ANY({}) AND state = ANY({})) ORDER BY id",
        sorted({one.number for one in records if one.number}),
        sorted({one.entry["id"] for one in records if one.entry}),
        list(_OVER),
    )
    numbers = {one["number"]: one for one in found}
    about: dict[tuple[int, int, str], list[dict[str, Any]]] = {}
    for one in found:
        about.setdefault((one["school"], one["entry"], one["course_title"]), []).append(one)
    for reader, record in zip(readers, records, strict=True):
        if record.entry is None or record.school is None:
            continue
        earlier = about.get((record.school, record.entry["id"], record.course_title), [])
        for known in earlier:
            same = (known["starts_on"], known["ends_on"]) == (record.starts_on, record.ends_on)
            if same and record.number in {"", known["number"]}:
                record.stored = True
        if record.stored:
            continue
        if record.number in numbers:
            reader.fail("number", "这个合同编号已经在用")
        for known in earlier:
            if known["starts_on"] <= record.ends_on and record.starts_on <= known["ends_on"]:
                reader.fail("starts_on", "与已有合同 %(number)s 的期限重叠", number=known["number"])
                break


def _within_file(readers: list[LineReader], records: list[Record]) -> None:
    spans: dict[tuple[int, int, str], list[tuple[date, date, int]]] = {}
    for reader, one in zip(readers, records, strict=True):
        if one.entry is None or one.school is None:
            continue
        earlier = spans.setdefault((one.school, one.entry["id"], one.course_title), [])
        for first, last, line in earlier:
            if first <= one.ends_on and one.starts_on <= last:
                reader.fail("starts_on", "与第 %(line)s 行的期限重叠", line=str(line))
                break
        earlier.append((one.starts_on, one.ends_on, reader.line.number))


async def write(actor: Actor, bureau_id: int, judged: Judged, source: Source) -> None:
    """Write judged lines in the caller's transaction: the contracts as signed, with an event for each."""
    fresh: list[Record] = [one for one in judged.records if not one.stored]
    lists = await lists_by_id(one.entry["list"] for one in fresh if one.entry)
    frozen = {number: freeze(one.policy) for number, one in lists.items()}
    await _number(fresh, lists)
    happened: list[events.Happening] = []
    made = await insert_many(Contract, [_columns(one, frozen, source) for one in fresh])
    for one, contract_id in zip(fresh, made, strict=True):
        assert one.entry is not None
        happened.append(
            events.Happening(
                "contract", contract_id, "import",
                (events.bureau_chain(bureau_id), events.provider_chain(one.entry["provider"])), to_state="signed",
                data=source.event_data(school=one.school, entry=one.entry["id"], signed_on=one.signed_on),
            )
        )  # fmt: skip
    await events.record_many(actor, happened, reason=source.basis)


async def _number(fresh: list[Record], lists: dict[int, ListView]) -> None:
    taken = {one.number for one in fresh if one.number}
    serials: dict[str, int] = {}
    for one in fresh:
        if one.number or one.entry is None:
            continue
        prefix = f"HT-{lists[one.entry['list']].bureau_division}-{one.signed_on.year}-"
        serial = serials[prefix] if prefix in serials else await next_serial("contract", "number", prefix)
        while f"{prefix}{serial:05d}" in taken:
            serial += 1
        one.number = f"{prefix}{serial:05d}"
        serials[prefix] = serial + 1


def _columns(one: Record, frozen: dict[int, dict[str, Any]], source: Source) -> dict[str, Any]:
    assert one.entry is not None
    policy = frozen[one.entry["list"]]
    return {
        "number": one.number,
        "school": one.school,
        "entry": one.entry["id"],
        "import_id": source.import_id,
        "category": one.category,
        "course_title": one.course_title,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "fee_cents": one.fee_cents,
        "state": "signed",
        "signed_on": one.signed_on,
        "policy": policy,
        "policy_version": policy["version"],
        "created_at": real_now(),
    }
