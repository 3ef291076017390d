"""Bans that a bureau decided before it used this system, brought along in a file (R28)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.bans.commands import ensure_division
from registry.bans.rules import ban_period, reach_division
from registry.bans.tables import Ban
from registry.jurisdictions.queries import ListView, lists_of_bureaux
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.bulk import insert_many
from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.kernel.lines import Column, Judged, Line, LineReader, Source, chosen, repeated
from registry.kernel.sealed import seal
from registry.policies.vocabulary import Ground
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

LIST = Column(
    "list", "备选库", ("备选库名称", "名单", "名单名称", "白名单", "所属备选库"),
    note="本教育局备选库的名称；只有一个备选库时可以留空",
)  # fmt: skip
COLUMNS: tuple[Column, ...] = (
    NAME,
    CODE,
    REPRESENTATIVE,
    REPRESENTATIVE_ID,
    LIST,
    Column("ground", "退出情形", ("事由", "退出原因", "禁入事由", "禁入情形", "退出事由"), required=True,
           example="将课后服务分包或转包给其他机构", note="本地规则所列情形之一"),
    Column("decided_on", "决定日期", ("作出决定日期", "禁入起始日", "退出日期", "决定时间"), required=True, day=True,
           example="2022-01-10"),
    Column("last_day", "禁入截止日", ("禁入期至", "届满日期", "截止日期", "禁入终止日"), day=True,
           note="留空按本地规则的年限计算；不得超过规则的年限"),
    Column("document", "决定书文号", ("文号", "决定文号", "文书号"), example="示教〔2022〕1 号"),
)  # fmt: skip


@dataclass(slots=True)
class Record:
    """A ban of a file. ``provider`` is the banned provider as the file has it; ``stored`` whether it is known."""

    provider: ProviderRecord
    on_list: ListView | None
    ground: str
    decided_on: date
    last_day: date
    document: str
    line: int
    stored: bool = False


def read_list(reader: LineReader, lists: Sequence[ListView]) -> ListView | None:
    """The list that a line names, or the only one there is; what is wrong is kept by the reader."""
    written = reader.text("list")
    if not written:
        if len(lists) == 1:
            return lists[0]
        reader.fail("list", "请填写备选库名称")
        return None
    for one in lists:
        if written in {one.name, one.short_name, str(one.id)}:
            return one
    reader.fail("list", "本教育局没有这个备选库，现有：%(names)s", names="、".join(one.name for one in lists))
    return None


async def judge(bureau_id: int, lines: Sequence[Line], as_of: date, *, lock: bool = False) -> Judged:
    """What importing some lines would do, and everything that is wrong with them. ``records`` are ``Record``."""
    lists = await lists_of_bureaux([bureau_id])
    readers = [LineReader(line, COLUMNS) for line in lines]
    records = [_read(reader, lists, as_of) for reader in readers]
    stored = await by_code((one.provider.code for one in records), lock=lock)
    known = await _known(bureau_id, [one.provider.code for one in records])
    repeated(
        (r, "credit_code", f"{one.provider.code} {one.on_list.id if one.on_list else ''} {one.decided_on}")
        for r, one in zip(readers, records, strict=True)
    )
    for reader, one in zip(readers, records, strict=True):
        meet(reader, one.provider, stored.get(one.provider.code))
        ends = known.get((one.provider.code, one.on_list.id if one.on_list else 0, one.decided_on))
        if ends is not None and ends != one.last_day:
            reader.fail("last_day", "这项禁入已有记录，截止日是 %(day)s", day=ends.isoformat())
        one.stored = ends is not None
    kept = sum(one.stored for one in records)
    return Judged(
        tuple(error for reader in readers for error in reader.errors),
        tuple(records),
        len(records) - kept,
        0,
        kept,
    )


async def _known(bureau_id: int, codes: list[str]) -> dict[tuple[str, int, date], date]:
    found = await rows(
        "SELECT credit_code, list, decided_on, last_day FROM ban WHERE bureau = {} AND credit_code = ANY({})",
        bureau_id,
        codes,
    )
    return {(one["credit_code"], one["list"], one["decided_on"]): one["last_day"] for one in found}


def _read(reader: LineReader, lists: Sequence[ListView], as_of: date) -> Record:
    provider = read_record(reader, as_of)
    if provider.code and not provider.kind:
        reader.fail("credit_code", "这不是企业、民办非企业单位或社会团体的代码")
    on_list = read_list(reader, lists)
    decided_on = reader.day("decided_on")
    last_day = reader.day("last_day")
    written = reader.text("ground")
    allowed = {one.value: one.zh for one in (on_list.policy.exit_grounds if on_list else Ground)}
    ground = chosen(written, allowed)
    if written and ground is None:
        reader.fail("ground", "请填写下列之一：%(names)s", names="；".join(allowed.values()))
    if decided_on is not None and on_list is not None:
        last_day = _last_day(reader, decided_on, last_day, on_list.policy.ban.years, as_of)
    return Record(
        provider=provider,
        on_list=on_list,
        ground=ground or "",
        decided_on=decided_on or as_of,
        last_day=last_day or as_of,
        document=reader.text("document"),
        line=reader.line.number,
    )


def _last_day(
    reader: LineReader, decided_on: date, given: date | None, years: int, as_of: date
) -> date | None:
    if decided_on > as_of:
        reader.fail("decided_on", "决定日期在今天之后")
        return given
    try:
        longest = ban_period(decided_on, years).last_day
    except ValueError:
        reader.fail("decided_on", "不是日期，请写成 2022-07-05 这样")
        return given
    if given is not None and given > longest:
        reader.fail(
            "last_day",
            "超过本地规则的 %(years)s 年，最迟至 %(day)s",
            years=str(years),
            day=longest.isoformat(),
        )
    elif given is not None and given <= decided_on:
        reader.fail("last_day", "早于或等于决定日期")
    return given or longest


async def write(actor: Actor, bureau_id: int, judged: Judged, source: Source) -> None:
    """Write judged lines in the caller's transaction: providers that are new, the bans, an event for each."""
    fresh: list[Record] = [one for one in judged.records if not one.stored]
    providers = await ensure(actor, [one.provider for one in fresh], source)
    held = {str(one["credit_code"]): one for one in (await by_code(providers)).values()}
    reaches = {
        one.on_list.id: reach_division(one.on_list.policy.ban.reach, one.on_list.bureau_division)
        for one in fresh
        if one.on_list
    }
    for code in sorted(set(reaches.values())):
        await ensure_division(code)
    happened: list[events.Happening] = []
    made = await insert_many(Ban, [_columns(one, bureau_id, reaches, held, source) for one in fresh])
    for one, ban_id in zip(fresh, made, strict=True):
        provider_id = providers[one.provider.code]
        happened.append(
            events.Happening(
                "ban", ban_id, "import",
                (events.bureau_chain(bureau_id), events.provider_chain(provider_id)), to_state="in_force",
                data=source.event_data(ground=one.ground, decided_on=one.decided_on, last_day=one.last_day),
            )
        )  # fmt: skip
    await events.record_many(actor, happened, reason=source.basis)


def _columns(
    one: Record, bureau_id: int, reaches: dict[int, str], held: dict[str, dict[str, Any]], source: Source
) -> dict[str, Any]:
    assert one.on_list is not None
    said, provider = one.provider, held[one.provider.code]
    number = said.representative_id
    return {
        "provider": provider["id"],
        "bureau": bureau_id,
        "list": one.on_list.id,
        "reach": reaches[one.on_list.id],
        "import_id": source.import_id,
        "document": one.document,
        "name": said.name,
        "credit_code": said.code,
        "legal_representative": said.legal_representative or provider["legal_representative"],
        "legal_representative_id_sealed": seal(number, "ban.legal_representative_id") if number else None,
        "legal_representative_id_index": said.representative_index,
        "ground": one.ground,
        "decided_on": one.decided_on,
        "last_day": one.last_day,
        "policy_version": one.on_list.policy.version,
        "created_at": real_now(),
    }
