"""Forms: typed text in, typed values and field-level errors out; what was typed is kept.

A controller makes a :class:`Form` from the posted pairs, asks it for each field, and either goes on with the
values or renders the page again with the same form: the macros of ``components/forms.html.j2`` read what was
typed and what is wrong from it. Pure: no framework, no database.

    form = Form(pairs, gettext=ctx_gettext)
    name = form.text("name", N_("机构名称"), max_length=100)
    for row in form.rows("teachers", max_rows=300):
        row.text("name", N_("教师姓名"), max_length=50)
    if form.errors: ...
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar
from urllib.parse import parse_qsl

from registry.web.components.i18n import N_
from registry.web.components.parsing import (
    Unreadable,
    clean,
    to_date,
    to_decimal,
    to_integer,
)

T = TypeVar("T")
C = TypeVar("C", bound=str)
Ordered = TypeVar("Ordered", int, Decimal, date)
Gettext = Callable[..., str]

MAX_FIELDS = 5000
MAX_ROW_NUMBER = 9999
ADD_ROW = "_add"
REMOVE_ROW = "_remove"


def _chinese(message: str, **params: object) -> str:
    return message % params if params else message


def field_id(name: str) -> str:
    """The HTML id of a field, the target of the error summary's links."""
    return "f-" + re.sub(r"[^A-Za-z0-9_-]", "-", name)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field (``name`` "" for the form as a whole), in the reader's language."""

    name: str
    message: str

    @property
    def target(self) -> str:
        """Id of the field, "" where there is none."""
        return field_id(self.name) if self.name else ""


class FormErrors:
    """The errors of a form in the order they were found; the first of a field counts."""

    def __init__(self) -> None:
        self._errors: dict[str, FieldError] = {}
        self._whole: list[FieldError] = []

    def add(self, name: str, message: str) -> None:
        """Note an error; a field keeps its first one."""
        if not name:
            self._whole.append(FieldError("", message))
        elif name not in self._errors:
            self._errors[name] = FieldError(name, message)

    def get(self, name: str) -> str:
        """The field's message or ""."""
        error = self._errors.get(name)
        return error.message if error else ""

    def __iter__(self) -> Iterator[FieldError]:
        return iter([*self._whole, *self._errors.values()])

    def __len__(self) -> int:
        return len(self._whole) + len(self._errors)


class Form:
    """What was typed, with the errors found so far.

    ``pairs`` are the posted (name, value) pairs, files left out. ``gettext`` translates the messages; without
    it they are Chinese. A field asked for with a ``label`` is named by it in its messages.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = (), gettext: Gettext = _chinese) -> None:
        self._values: dict[str, list[str]] = {}
        self._gettext = gettext
        self.errors = FormErrors()
        for count, (name, value) in enumerate(pairs):
            if count >= MAX_FIELDS:
                self.errors.add("", gettext(N_("提交的内容过多，请分次填写后保存")))
                break
            self._values.setdefault(name, []).append(value)

    @classmethod
    def from_urlencoded(cls, body: bytes, gettext: Gettext = _chinese) -> Form:
        """A form from the body of an ``application/x-www-form-urlencoded`` request (UTF-8).

        Bytes that are not UTF-8 become U+FFFD. A body with more than ``MAX_FIELDS`` fields gets an error.
        """
        text = body.decode("utf-8", "replace")
        pairs = parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="replace")
        return cls(pairs, gettext)

    @classmethod
    def from_mapping(cls, data: Mapping[str, str | Sequence[str]], gettext: Gettext = _chinese) -> Form:
        """A form from a mapping whose values are a string or several."""
        pairs = [
            (name, value)
            for name, given in data.items()
            for value in ([given] if isinstance(given, str) else given)
        ]
        return cls(pairs, gettext)

    # -- what the macros read -------------------------------------------------------------------------

    def value(self, name: str) -> str:
        """What was typed into a field, as typed; "" if nothing."""
        return self._values.get(name, [""])[-1]

    def values(self, name: str) -> list[str]:
        """Everything chosen or typed under a name."""
        return list(self._values.get(name, ()))

    def error(self, name: str) -> str:
        """The field's error or ""."""
        return self.errors.get(name)

    def row_numbers(self, group: str, at_least: int = 0) -> list[int]:
        """Numbers of the rows of a group as typed (gaps allowed), padded with new ones to ``at_least``."""
        numbers = sorted(self._row_numbers(group))
        while len(numbers) < at_least:
            numbers.append(numbers[-1] + 1 if numbers else 0)
        return numbers

    def row(self, group: str, number: int) -> Row:
        """One row of a group, whether or not anything was typed in it."""
        return Row(self, group, number)

    # -- rows without JavaScript ----------------------------------------------------------------------

    @property
    def wants_rows(self) -> bool:
        """Whether "add row" or "remove row" was pressed instead of the form's own button."""
        return bool(self.value(ADD_ROW) or self.value(REMOVE_ROW))

    def change_rows(self) -> None:
        """Do what the pressed row button asks: add an empty row, or remove one. Errors are not looked at."""
        if group := self.value(ADD_ROW):
            if re.fullmatch(r"[a-z_]{1,40}", group):
                numbers = self._row_numbers(group)
                self._values[f"{group}-{max(numbers, default=-1) + 1}-_row"] = ["1"]
        elif found := re.fullmatch(r"([a-z_]{1,40})-(\d{1,4})", self.value(REMOVE_ROW)):
            prefix = f"{found[1]}-{int(found[2])}-"
            self._values = {
                name: given for name, given in self._values.items() if not name.startswith(prefix)
            }

    def _row_numbers(self, group: str) -> set[int]:
        shape = re.compile(re.escape(group) + r"-(\d{1,4})-[A-Za-z_]\w*")
        return {int(found[1]) for name in self._values if (found := shape.fullmatch(name))}

    # -- what a controller asks -----------------------------------------------------------------------

    def fail(self, name: str, message: str, **params: object) -> None:
        """Note an error found elsewhere, such as a rule of the domain; ``message`` is a Chinese message."""
        self.errors.add(name, self._gettext(message, **params))

    def text(
        self, name: str, label: str, *, required: bool = True, max_length: int = 200, min_length: int = 0,
        multiline: bool = False,
    ) -> str:  # fmt: skip
        """Clean text (NFC, stripped), "" if empty or wrong. Lengths count characters."""
        try:
            text = clean(self.value(name), multiline=multiline)
        except Unreadable as wrong:
            self._wrong(name, label, wrong)
            return ""
        if not text:
            if required:
                self.fail(name, N_("请填写%(label)s"), label=self._gettext(label))
            return ""
        if len(text) > max_length:
            self._wrong(
                name, label,
                Unreadable(N_("最多 %(max)s 个字，现有 %(count)s 个，请缩短"), max=max_length, count=len(text)),
            )  # fmt: skip
            return ""
        if len(text) < min_length:
            self._wrong(name, label, Unreadable(N_("至少 %(min)s 个字，请补充"), min=min_length))
            return ""
        return text

    def secret(self, name: str, label: str, *, max_length: int = 1024) -> str:
        """A password exactly as typed; never stripped, never shown again."""
        value = self.value(name)
        if not value:
            self.fail(name, N_("请填写%(label)s"), label=self._gettext(label))
        elif len(value) > max_length:
            self.fail(name, N_("%(label)s过长，请核对"), label=self._gettext(label))
            return ""
        return value

    def integer(
        self, name: str, label: str, *, required: bool = True, minimum: int | None = None,
        maximum: int | None = None,
    ) -> int | None:  # fmt: skip
        """A whole number within both bounds, ``None`` if empty or wrong."""
        value = self._read(name, label, required, to_integer)
        return self._bounded(name, label, value, minimum, maximum)

    def amount(
        self, name: str, label: str, *, required: bool = True, minimum: Decimal | None = Decimal(0),
        maximum: Decimal | None = None,
    ) -> Decimal | None:  # fmt: skip
        """An amount in yuan with at most two decimals, ``None`` if empty or wrong."""
        value = self._read(name, label, required, to_decimal)
        return self._bounded(name, label, value, minimum, maximum)

    def date(
        self, name: str, label: str, *, required: bool = True, earliest: date | None = None,
        latest: date | None = None,
    ) -> date | None:  # fmt: skip
        """A day that exists, within both bounds, ``None`` if empty or wrong."""
        value = self._read(name, label, required, to_date)
        return self._bounded(name, label, value, earliest, latest)

    def choice(
        self, name: str, label: str, allowed: Iterable[C], *, required: bool = True
    ) -> C | Literal[""]:
        """One of ``allowed``, "" if nothing or something else was chosen."""
        value = self.value(name)
        chosen = next((one for one in allowed if one == value), None) if value else None
        if chosen is not None:
            return chosen
        if value:
            self.fail(name, N_("%(label)s不在可选范围内，请重新选择"), label=self._gettext(label))
        elif required:
            self.fail(name, N_("请选择%(label)s"), label=self._gettext(label))
        return ""

    def choices(
        self, name: str, label: str, allowed: Iterable[str], *, required: bool = True
    ) -> tuple[str, ...]:
        """Those of ``allowed`` that were chosen, in the order of ``allowed``."""
        options, chosen = list(allowed), [value for value in self.values(name) if value]
        if not set(chosen) <= set(options):
            self.fail(name, N_("%(label)s不在可选范围内，请重新选择"), label=self._gettext(label))
        elif not chosen and required:
            self.fail(name, N_("请至少选择一项%(label)s"), label=self._gettext(label))
        return tuple(option for option in options if option in chosen)

    def ticked(self, name: str, *, required: str = "") -> bool:
        """Whether a box is ticked; ``required`` is the Chinese message when it must be."""
        ticked = self.value(name) not in {"", "0", "false"}
        if required and not ticked:
            self.fail(name, required)
        return ticked

    def rows(self, group: str, *, max_rows: int, label: str = "", keep_empty: bool = False) -> Iterator[Row]:
        """The rows ``group-0-…``, ``group-1-…`` in order; rows with nothing in them are passed over.

        More than ``max_rows`` is an error and ends the rows.
        """
        kept = 0
        for number in sorted(self._row_numbers(group)):
            row = Row(self, group, number)
            if row.empty and not keep_empty:
                continue
            if kept == max_rows:
                self.fail(
                    "",
                    N_("%(label)s最多 %(max)s 行，请删去多余的行"),
                    label=self._gettext(label),
                    max=max_rows,
                )
                return
            kept += 1
            yield row

    def _row_is_empty(self, prefix: str) -> bool:
        return not any(
            value.strip()
            for name, given in self._values.items()
            if name.startswith(prefix) and not name.endswith("-_row")
            for value in given
        )

    def _read(self, name: str, label: str, required: bool, parse: Callable[[str], T]) -> T | None:
        try:
            text = clean(self.value(name))
            if not text:
                if required:
                    self.fail(name, N_("请填写%(label)s"), label=self._gettext(label))
                return None
            return parse(text)
        except Unreadable as wrong:
            self._wrong(name, label, wrong)
            return None

    def _bounded(
        self, name: str, label: str, value: Ordered | None, lowest: Ordered | None, highest: Ordered | None
    ) -> Ordered | None:
        if value is None:
            return None
        if lowest is not None and value < lowest:
            self._wrong(name, label, Unreadable(N_("不能小于（早于）%(limit)s"), limit=lowest))
            return None
        if highest is not None and value > highest:
            self._wrong(name, label, Unreadable(N_("不能大于（晚于）%(limit)s"), limit=highest))
            return None
        return value

    def _wrong(self, name: str, label: str, wrong: Unreadable) -> None:
        reason = self._gettext(wrong.message, **wrong.params)
        self.fail(name, N_("%(label)s：%(reason)s"), label=self._gettext(label), reason=reason)


class Row(Form):
    """One row of a repeated group: asks and notes errors under ``group-number-field`` of its form."""

    def __init__(self, form: Form, group: str, number: int) -> None:
        self._values = form._values
        self._gettext = form._gettext
        self.errors = form.errors
        self._form = form
        self.group = group
        self.number = number

    def name(self, field: str) -> str:
        """The full name of a field of this row."""
        return f"{self.group}-{self.number}-{field}"

    @property
    def empty(self) -> bool:
        """Nothing was typed in any field of the row."""
        return self._form._row_is_empty(f"{self.group}-{self.number}-")

    def value(self, name: str) -> str:
        """What was typed into a field of this row."""
        return self._form.value(self.name(name))

    def values(self, name: str) -> list[str]:
        """Everything chosen under a name of this row."""
        return self._form.values(self.name(name))

    def error(self, name: str) -> str:
        """The error of a field of this row or ""."""
        return self._form.error(self.name(name))

    def fail(self, name: str, message: str, **params: object) -> None:
        """Note an error at a field of this row."""
        self._form.fail(self.name(name) if name else "", message, **params)


def filled(values: Mapping[str, object], gettext: Gettext = _chinese) -> Form:
    """A form that shows known values: the first look at a page that edits something.

    Dates are written ISO, lists become several values, ``rows`` of mappings become ``group-n-field``, ``True``
    is a ticked box, ``None`` and ``False`` are empty.
    """
    return Form(list(_pairs("", values)), gettext)


def _pairs(prefix: str, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = prefix + key
        if value is None or value is False:
            continue
        if value is True:
            yield name, "1"
        elif isinstance(value, (list, tuple, set, frozenset)):
            for number, item in enumerate(value):
                if isinstance(item, Mapping):
                    yield f"{name}-{number}-_row", "1"
                    yield from _pairs(f"{name}-{number}-", item)
                else:
                    yield name, str(item)
        else:
            yield name, value.isoformat() if isinstance(value, date) else str(value)
