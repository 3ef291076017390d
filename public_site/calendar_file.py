"""A notice's window as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from registry.notices.queries import NoticeRow

_LINE_BYTES = 73


def window_file(notice: NoticeRow, *, url: str, sequence: int = 0) -> bytes:
    """One all-day event from the publication to the last day; tentative while that is an estimate (R16).

    ``sequence`` counts how often the window was computed anew, so that calendars take the later one.
    """
    estimated = "（止日为预计）" if notice.provisional else ""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//after-school-registry//notices//ZH",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:notice-{notice.id}@{urlsplit(url).hostname or 'registry'}",
        f"DTSTAMP:{datetime.combine(notice.published_on, datetime.min.time(), UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{_day(notice.published_on)}",
        f"SEQUENCE:{sequence}",
        # The end of an all-day event is the day after its last.
        f"DTEND;VALUE=DATE:{_day(notice.last_day + timedelta(days=1))}",
        f"SUMMARY:{_text(f'公示期：{notice.title}{estimated}')}",
        f"DESCRIPTION:{_text(f'{notice.number} {notice.bureau_name}。公示期内可以提出异议。')}",
        f"URL:{url}",
        f"STATUS:{'TENTATIVE' if notice.provisional else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _text(value: str) -> str:
    for character in "\\;,":
        value = value.replace(character, f"\\{character}")
    return value.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line of at most 75 bytes with its continuations, no character cut in two."""
    parts: list[bytes] = [b""]
    for character in line:
        encoded = character.encode()
        if len(parts[-1]) + len(encoded) > _LINE_BYTES:
            parts.append(b"")
        parts[-1] += encoded
    return b"\r\n ".join(parts) + b"\r\n"
