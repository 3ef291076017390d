"""Lines of a file that a bureau brings along: what its columns are, how a cell becomes a value, what is wrong where.

The rooms say which columns they take and judge the lines; reading the file is done above them. Every cell is hostile
until parsed; a message never repeats the content of a cell.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})")
_AMOUNT = re.compile(r"[¥￥]?([0-9]{1,6})(?:\.([0-9]{1,2})0*)?(?:元)?(?:/课时|/节|每课时|每节)?")
_YES = frozenset({"是", "有", "y", "yes", "true", "1", "√", "✓"})
_NO = frozenset({"", "否", "无", "n", "no", "false", "0", "×"})
_PARTS = re.compile(r"[、;；,，\n/]")
_OPEN = frozenset({"长期", "无固定期限", "永久"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a kind of file may have.

    ``title`` heads it in the template, ``headings`` are further ones that are understood, ``example`` and ``note``
    (what may stand in it) go into the template. ``day`` cells may have lost their format; ``personal`` ones are masked
    in previews (R34).
    """

    field: str
    title: str
    headings: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    note: str = ""
    day: bool = False
    personal: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        """Every heading that means this column."""
        return (self.title, self.field, *self.headings)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number in the file, and its cells by field (missing ones are empty)."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with a cell: Chinese msgid and its params. ``field`` is empty for the whole line."""

    line: int
    field: str
    message: str
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Where imported records come from: the import's id, the SHA-256 of its file, and the paper they rest on."""

    import_id: int
    sha256: str
    basis: str = ""

    def event_data(self, **more: Any) -> dict[str, Any]:
        """The facts an event keeps of it: references, no personal data (R33)."""
        return {"data_import": self.import_id, "sha256": self.sha256, **more}


@dataclass(frozen=True, slots=True)
class Judged:
    """Lines judged against what is stored: everything that is wrong, and what the rest would do.

    ``records`` are the room's own values to write. ``added`` and ``changed`` count them, ``kept`` counts lines that
    are stored already as they are.
    """

    errors: tuple[LineError, ...]
    records: tuple[Any, ...] = ()
    added: int = 0
    changed: int = 0
    kept: int = 0


class LineReader:
    """Reads the cells of one line; whatever does not fit is kept in ``errors`` and gives an empty value."""

    def __init__(self, line: Line, columns: Sequence[Column]) -> None:
        self.line = line
        self.errors: list[LineError] = []
        self._columns = {column.field: column for column in columns}

    def fail(self, name: str, message: str, **params: str) -> None:
        """Something is wrong with the cell of a field ("" for the line)."""
        self.errors.append(LineError(self.line.number, name, message, params))

    def text(self, name: str, *, longest: int = 200) -> str:
        """One line of text, white space folded. Required where its column is."""
        value = " ".join(unicodedata.normalize("NFC", self.line.values.get(name, "")).split())
        if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} for c in value):
            self.fail(name, "含有不可见的控制字符，请删除后重新填写")
            return ""
        value = "".join(c for c in value if unicodedata.category(c) != "Cf")
        if len(value) > longest:
            self.fail(name, "超过 %(most)s 个字", most=str(longest))
            return ""
        if not value and self._columns[name].required:
            self.fail(name, "不能为空")
        return value

    def parts(self, name: str, *, longest: int = 200, most: int = 20) -> tuple[str, ...]:
        """Several words in one cell, separated as people do; each once."""
        found = tuple(
            dict.fromkeys(p for one in _PARTS.split(self.text(name, longest=4000)) if (p := one.strip()))
        )
        if len(found) > most or any(len(one) > longest for one in found):
            self.fail(name, "内容过多，最多 %(most)s 项", most=str(most))
            return ()
        return found

    def day(self, name: str, *, open_ended: bool = False) -> date | None:
        """A calendar day; None for an empty cell (or 长期, where ``open_ended``)."""
        value = unicodedata.normalize("NFKC", self.text(name, longest=40))
        if not value or (open_ended and value in _OPEN):
            return None
        found = _DAY.fullmatch(value.replace(" ", ""))
        if found is not None:
            year, month, day = (part for part in found.groups() if part is not None)
            try:
                return date(int(year), int(month), int(day))
            except ValueError:
                pass
        self.fail(name, "不是日期，请写成 2022-07-05 这样")
        return None

    def flag(self, name: str) -> bool:
        """Yes or no; empty is no."""
        value = unicodedata.normalize("NFKC", self.text(name, longest=20)).casefold()
        if value not in _YES | _NO:
            self.fail(name, "请填“是”或“否”")
        return value in _YES

    def cents(self, name: str) -> int | None:
        """An amount in yuan as cents; None for an empty cell."""
        value = unicodedata.normalize("NFKC", self.text(name, longest=40)).replace(" ", "").replace(",", "")
        if not value:
            return None
        found = _AMOUNT.fullmatch(value)
        if found is None:
            self.fail(name, "不是金额，请写成 40 或 40.00（元）")
            return None
        return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))

    def choice(self, name: str, names: Mapping[str, str]) -> str:
        """One of ``names`` (code -> Chinese name), written as either; "" for an empty cell."""
        value = self.text(name)
        code = chosen(value, names)
        if value and code is None:
            self.fail(name, "请填写下列之一：%(names)s", names="、".join(names.values()))
        return code or ""


def chosen(value: str, names: Mapping[str, str]) -> str | None:
    """The code whose name or code ``value`` is, however wide it is written; None for no such one."""
    wanted = unicodedata.normalize("NFKC", value).casefold().replace(" ", "")
    for code, name in names.items():
        forms = {code.casefold(), unicodedata.normalize("NFKC", name).casefold().replace(" ", "")}
        if wanted in forms | {form.removesuffix("类") for form in forms}:
            return code
    return None


def repeated(readers: Iterable[tuple[LineReader, str, str]]) -> None:
    """Fail every line whose key (reader, field, key) stands in an earlier line of the file; empty keys do not count."""
    first: dict[str, int] = {}
    for reader, name, key in readers:
        if not key:
            continue
        earlier = first.setdefault(key, reader.line.number)
        if earlier != reader.line.number:
            reader.fail(name, "与第 %(line)s 行重复", line=str(earlier))
