"""Entries that a bureau's lists have already, brought along in a file (R19).

They rest on a decision made before (``basis``), are confirmed by two people here, and obey what entries obey: no
longer than the policy's cycle, no two of one provider on a list at a time, nobody whom a ban bars.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from registry.bans.importing import LIST, read_list
from registry.bans.queries import barring_many
from registry.jurisdictions.queries import ListView, lists_of_bureaux
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.bulk import insert_many
from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.kernel.lines import Column, Judged, Line, LineReader, Source, chosen, repeated
from registry.kernel.years import add_years
from registry.policies import Policy
from registry.providers.importing import (
    CODE,
    NAME,
    REPRESENTATIVE,
    REPRESENTATIVE_ID,
    by_code,
    ensure,
    meet,
    read_record,
)
from registry.providers.importing import Record as ProviderRecord
from registry.whitelist.numbers import certificate_numbers, next_certificate
from registry.whitelist.search import indexed
from registry.whitelist.subjects import subjects_of
from registry.whitelist.tables import Course, Entry

COLUMNS: tuple[Column, ...] = (
    NAME,
    CODE,
    REPRESENTATIVE,
    REPRESENTATIVE_ID,
    LIST,
    Column("certificate_number", "证书编号", ("编号", "入库编号", "备案号"), note="没有编号的留空，由系统编号"),
    Column("categories", "服务类别", ("类别", "课程类别", "入选类别"), required=True, example="体育类、文化艺术类",
           note="本地规则所列类别，有几个的用顿号隔开"),
    Column("courses", "课程", ("课程名称", "服务项目", "开设课程"), example="少儿书法、国画",
           note="有几个的用顿号隔开；入选不止一类的，在课程后用括号注明类别"),
    Column("brand", "品牌名称", ("品牌", "招牌"), note="与机构名称不同的才填写"),
    Column("listed_on", "入库日期", ("列入日期", "认定日期", "入选日期", "有效期起", "在册起始日"), required=True, day=True,
           example="2021-07-12"),
    Column("ends_on", "到期日期", ("有效期至", "届满日期", "截止日期", "周期截止日", "有效期止"), day=True,
           note="留空按本地规则的周期计算；不得超过一个周期"),
)  # fmt: skip
_OPEN_END = date.max


@dataclass(slots=True)
class Record:
    """An entry of a file. ``stored`` is its id where it is there already."""

    provider: ProviderRecord
    on_list: ListView | None
    number: str
    categories: tuple[str, ...]
    courses: tuple[tuple[str, str], ...]
    brand: str
    listed_on: date
    ends_on: date
    stored: int | None = None


async def judge(bureau_id: int, lines: Sequence[Line], as_of: date, *, lock: bool = False) -> Judged:
    """What importing some lines would do, and everything that is wrong with them. ``records`` are ``Record``."""
    lists = await lists_of_bureaux([bureau_id])
    policies = {one.id: one.policy for one in lists}
    readers = [LineReader(line, COLUMNS) for line in lines]
    records = [_read(reader, lists, policies, as_of) for reader in readers]
    stored = await by_code((one.provider.code for one in records), lock=lock)
    for reader, one in zip(readers, records, strict=True):
        meet(reader, one.provider, stored.get(one.provider.code))
    repeated((r, "certificate_number", one.number) for r, one in zip(readers, records, strict=True))
    await _meet_entries(readers, records)
    _within_file(readers, records)
    await _against_bans(readers, records, as_of)
    kept = sum(one.stored is not None for one in records)
    return Judged(
        tuple(error for reader in readers for error in reader.errors),
        tuple(records),
        len(records) - kept,
        0,
        kept,
    )


def _read(reader: LineReader, lists: Sequence[ListView], policies: dict[int, Policy], as_of: date) -> Record:
    provider = read_record(reader, as_of)
    if provider.code and not provider.kind:
        reader.fail("credit_code", "这不是企业、民办非企业单位或社会团体的代码")
    on_list = read_list(reader, lists)
    policy = policies[on_list.id] if on_list else None
    categories = _categories(reader, policy)
    listed_on, ends_on = reader.day("listed_on"), reader.day("ends_on")
    if listed_on is not None and listed_on > as_of:
        reader.fail("listed_on", "入库日期在今天之后")
    elif listed_on is not None and policy is not None:
        longest = add_years(listed_on, policy.cycle_years) - timedelta(days=1)
        if ends_on is not None and ends_on > longest:
            reader.fail(
                "ends_on", "超过本地规则的一个周期（%(years)s 年），最迟至 %(day)s",
                years=str(policy.cycle_years), day=longest.isoformat(),
            )  # fmt: skip
        elif ends_on is not None and ends_on < listed_on:
            reader.fail("ends_on", "早于入库日期")
        ends_on = ends_on or longest
    number = reader.text("certificate_number", longest=40)
    # The system counts on under DIVISION-YEAR-; a number of that form has to be one that can be counted from.
    if (
        on_list
        and re.fullmatch(rf"{on_list.bureau_division}-[0-9]{{4}}-.*", number)
        and not re.fullmatch(rf"{on_list.bureau_division}-[0-9]{{4}}-[0-9]{{1,6}}", number)
    ):
        reader.fail("certificate_number", "以“区划代码-年份-”开头的编号，其后只能是数字")
    return Record(
        provider=provider,
        on_list=on_list,
        number=number,
        categories=categories,
        courses=_courses(reader, categories, policy),
        brand=reader.text("brand", longest=80),
        listed_on=listed_on or as_of,
        ends_on=ends_on or as_of,
    )


def _names(policy: Policy, codes: Sequence[str]) -> dict[str, str]:
    return {code: policy.category_name(code) for code in codes}


def _categories(reader: LineReader, policy: Policy | None) -> tuple[str, ...]:
    written = reader.parts("categories", longest=40)
    if policy is None:
        return ()
    names = _names(policy, policy.categories)
    found = [chosen(one, names) for one in written]
    if None in found:
        reader.fail("categories", "请填写本地规则所列类别：%(names)s", names="、".join(names.values()))
    return tuple(dict.fromkeys(one for one in found if one))


def _courses(
    reader: LineReader, categories: tuple[str, ...], policy: Policy | None
) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for written in reader.parts("courses", longest=120, most=50):
        told = re.fullmatch(r"(.+?)\s*[(（]([^()（）]+)[)）]", written)
        category = chosen(told[2], _names(policy, categories)) if told and policy else None
        if category is not None and told is not None:
            found.append((told[1], category))
        elif len(categories) == 1:
            found.append((written, categories[0]))
        elif categories:
            reader.fail("courses", "入选不止一类，请在每门课程后用括号注明类别")
            break
    return tuple(found)


async def _meet_entries(readers: list[LineReader], records: list[Record]) -> None:
    found = await rows(
        "SELECT e.id, e.list, e.provider, p.credit_code, e.certificate_number, e.listed_on, e.ends_on, e.withdrawn_on,"
        " e.removed_on FROM entry e JOIN provider p ON p.id = e.provider"
        " WHERE p.credit_code = ANY({}) OR e.certificate_number = ANY({}) ORDER BY e.id",
        sorted({one.provider.code for one in records}),
        sorted({one.number for one in records if one.number}),
    )
    numbers = {one["certificate_number"]: one for one in found}
    by_provider: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for one in found:
        by_provider.setdefault((one["credit_code"], one["list"]), []).append(one)
    for reader, record in zip(readers, records, strict=True):
        list_id = record.on_list.id if record.on_list else 0
        for known in by_provider.get((record.provider.code, list_id), []):
            same = known["listed_on"] == record.listed_on and known["ends_on"] == record.ends_on
            if same and record.number in {"", known["certificate_number"]}:
                record.stored = int(known["id"])
                break
        else:
            if numbers.get(record.number):
                reader.fail("certificate_number", "这个证书编号已经在用")
            for known in by_provider.get((record.provider.code, list_id), []):
                end = min(d for d in (known["ends_on"], known["withdrawn_on"], known["removed_on"]) if d)
                if known["listed_on"] <= record.ends_on and record.listed_on <= end:
                    reader.fail(
                        "listed_on", "与已有条目 %(number)s（%(first)s 至 %(last)s）的时间重叠",
                        number=known["certificate_number"], first=known["listed_on"].isoformat(), last=end.isoformat(),
                    )  # fmt: skip
                    break


def _within_file(readers: list[LineReader], records: list[Record]) -> None:
    """No two lines of the file may overlap either."""
    spans: dict[tuple[str, int], list[tuple[date, date, int]]] = {}
    for reader, one in zip(readers, records, strict=True):
        if not one.provider.code or one.on_list is None:
            continue
        earlier = spans.setdefault((one.provider.code, one.on_list.id), [])
        for first, last, line in earlier:
            if first <= one.ends_on and one.listed_on <= last:
                reader.fail("listed_on", "与第 %(line)s 行的时间重叠", line=str(line))
                break
        earlier.append((one.listed_on, one.ends_on, reader.line.number))


async def _against_bans(readers: list[LineReader], records: list[Record], as_of: date) -> None:
    """Nobody is listed while a ban bars it (R28), by code or by the full ID number of its representative."""
    lists = {one.on_list.id: one.on_list for one in records if one.on_list}
    barring = await barring_many(
        [(one.provider.code, one.provider.representative_index) for one in records], lists.values()
    )
    for reader, one in zip(readers, records, strict=True):
        if one.stored is not None or one.on_list is None:
            continue
        for ban in barring(one.on_list.id, one.provider.code, one.provider.representative_index):
            ended = min(ban.last_day, (ban.overturned_on or _OPEN_END) - timedelta(days=1))
            if ban.decided_on <= one.ends_on and one.listed_on <= ended:
                reader.fail(
                    "credit_code", "该机构（或其法定代表人）%(first)s 至 %(last)s 处于禁入期，与在册时间重叠",
                    first=ban.decided_on.isoformat(), last=ended.isoformat(),
                )  # fmt: skip
                break


async def write(actor: Actor, bureau_id: int, judged: Judged, source: Source) -> None:
    """Write judged lines in the caller's transaction: providers that are new, the entries, an event for each."""
    fresh: list[Record] = [one for one in judged.records if one.stored is None]
    providers = await ensure(actor, [one.provider for one in fresh], source)
    await _number(fresh)
    happened: list[events.Happening] = []
    courses: list[dict[str, Any]] = []
    # Pinyin and search terms of thousands take seconds; others are served meanwhile.
    values = await asyncio.to_thread(lambda: [_columns(actor, one, providers, source) for one in fresh])
    made = await insert_many(Entry, values)
    for one, entry_id in zip(fresh, made, strict=True):
        provider_id = providers[one.provider.code]
        courses += [
            {"entry": entry_id, "position": n, "title": title, "category": category, "grades": ""}
            for n, (title, category) in enumerate(one.courses, 1)
        ]
        happened.append(
            events.Happening(
                "entry", entry_id, "import",
                (events.bureau_chain(bureau_id), events.provider_chain(provider_id)), to_state="listed",
                data=source.event_data(listed_on=one.listed_on, ends_on=one.ends_on),
            )
        )  # fmt: skip
    await insert_many(Course, courses)
    await events.record_many(actor, happened, reason=source.basis)


async def _number(fresh: list[Record]) -> None:
    """Give numbers to those that have none, counting on under each prefix, past those of the file."""
    taken = {one.number for one in fresh if one.number}
    waiting: dict[tuple[str, int], list[Record]] = {}
    for one in fresh:
        if not one.number and one.on_list is not None:
            waiting.setdefault((one.on_list.bureau_division, one.listed_on.year), []).append(one)
    for (division, year), group in sorted(waiting.items(), key=lambda item: item[0]):
        numbers = certificate_numbers(division, year, await next_certificate(division, year))
        for one in group:
            one.number = next(number for number in numbers if number not in taken)


def _columns(actor: Actor, one: Record, providers: dict[str, int], source: Source) -> dict[str, Any]:
    assert one.on_list is not None
    titles = [title for title, _ in one.courses]
    index = indexed([one.provider.name, one.brand], [one.provider.code, one.number, *titles])
    return {
        "list": one.on_list.id,
        "provider": providers[one.provider.code],
        "import_id": source.import_id,
        "certificate_number": one.number,
        "name": one.provider.name,
        "brand": one.brand,
        "categories": list(one.categories),
        "state": "listed",
        "listed_on": one.listed_on,
        "ends_on": one.ends_on,
        "confirmed_by": actor.account_id,
        "search_text": index.text,
        "search_terms": index.terms,
        "pinyin_key": index.pinyin_key,
        "subjects": subjects_of(titles),
        "created_at": real_now(),
    }
