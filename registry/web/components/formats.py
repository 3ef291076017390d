"""How values are written for people: dates, periods, amounts, sizes, masked numbers.

Pure functions; the language is an argument. ``kit`` binds them to a language as Jinja filters.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from registry.web.components.i18n import N_, Locale, translator

SHANGHAI = ZoneInfo("Asia/Shanghai")
LESSON = N_("课时")

_ZH_WEEKDAYS = "一二三四五六日"
_EN_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _day(value: date) -> date:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).date() if value.tzinfo else value.date()
    return value


def long_date(value: date | None, locale: Locale, weekday: bool = True) -> str:
    """2022年7月4日(周一), or "Mon 4 July 2022"; a datetime is shown as its day in Shanghai; None is ""."""
    if value is None:
        return ""
    day = _day(value)
    if locale == "en":
        text = f"{day.day} {_EN_MONTHS[day.month - 1]} {day.year}"
        return f"{_EN_WEEKDAYS[day.weekday()]} {text}" if weekday else text
    text = f"{day.year}年{day.month}月{day.day}日"
    return f"{text}(周{_ZH_WEEKDAYS[day.weekday()]})" if weekday else text


def weekday(value: date, locale: Locale) -> str:
    """周一 or "Mon"."""
    return _EN_WEEKDAYS[value.weekday()] if locale == "en" else f"周{_ZH_WEEKDAYS[value.weekday()]}"


def iso_date(value: date | None) -> str:
    """2022-07-04, for tables; None is ""."""
    return "" if value is None else _day(value).isoformat()


def moment(value: datetime | None, locale: Locale) -> str:
    """Day and minute in Shanghai: 2022年6月20日 14:05, or "20 June 2022, 14:05"; None is ""."""
    if value is None:
        return ""
    local = value.astimezone(SHANGHAI) if value.tzinfo else value
    separator = ", " if locale == "en" else " "
    return f"{long_date(local, locale, weekday=False)}{separator}{local:%H:%M}"


def period(starts: date, ends: date, locale: Locale) -> str:
    """Both ends and the number of days, both counted: 2022年7月5日至2024年7月4日(共731天)."""
    days = (_day(ends) - _day(starts)).days + 1
    first, last = long_date(starts, locale, weekday=False), long_date(ends, locale, weekday=False)
    if locale == "en":
        return f"{first} to {last} ({days} day{'' if days == 1 else 's'})"
    return f"{first}至{last}(共{days}天)"


def money(value: Decimal | float | str | None, locale: Locale, unit: str | None = None) -> str:
    """¥40.00, with a unit ¥40.00/课时; ``unit`` is a Chinese word that is translated; None is ""."""
    if value is None:
        return ""
    text = f"¥{Decimal(str(value)):,.2f}"
    return f"{text}/{translator(locale).gettext(unit)}" if unit else text


def filesize(size: int | None) -> str:
    """Bytes as people write them: 812 B, 36 KB, 12.4 MB (1 KB is 1024 bytes); None is ""."""
    if size is None:
        return ""
    if size < 1024:
        return f"{size} B"
    if size < 1024**2:
        return f"{size / 1024:.0f} KB"
    if size < 1024**3:
        return f"{size / 1024**2:.1f}".removesuffix(".0") + " MB"
    return f"{size / 1024**3:.2f} GB"


def number(value: int | None) -> str:
    """12,345; None is ""."""
    return "" if value is None else f"{value:,}"


def mask_id(value: str | None) -> str:
    """An ID number with the date of birth hidden (R34): first three and last four stay."""
    return _mask(value, 3, 4)


def mask_phone(value: str | None) -> str:
    """199****2910 (R34)."""
    return _mask(value, 3, 4)


def mask_name(value: str | None) -> str:
    """A person's name for those who do not need it (R34): 卢** for 卢晓岚."""
    text = (value or "").strip()
    return text[:1] + "*" * (len(text) - 1) if len(text) > 1 else "*" * len(text)


def _mask(value: str | None, head: int, tail: int) -> str:
    text = (value or "").strip()
    if len(text) <= head + tail:
        return "*" * len(text)
    return f"{text[:head]}{'*' * (len(text) - head - tail)}{text[-tail:]}"
