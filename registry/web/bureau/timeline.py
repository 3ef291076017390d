"""What happened to a record, as a timeline for officials."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol

from registry.kernel.clock import SHANGHAI
from registry.web.bureau.words import act_name
from registry.web.components.i18n import Translator

_TONES = {
    "submit": ("blue", "send"),
    "resubmit": ("blue", "send"),
    "request_correction": ("amber", "edit"),
    "recommend": ("blue", "eye"),
    "send_back": ("amber", "rotate"),
    "shortlist": ("blue", "list-check"),
    "reject": ("red", "circle-x"),
    "reject_on_objection": ("red", "gavel"),
    "reject_shortlisted": ("red", "circle-x"),
    "reject_on_notice": ("red", "circle-x"),
    "publish_notice": ("amber", "calendar-event"),
    "take_off": ("amber", "circle-minus"),
    "confirm_listing": ("green", "circle-check"),
    "withdraw": ("grey", "circle-minus"),
    "grant_second_look": ("blue", "scale"),
    "ask_second_look": ("amber", "scale"),
    "recuse": ("grey", "user"),
    "reveal": ("grey", "lock"),
    "overrule": ("grey", "rotate"),
    "publish": ("amber", "speakerphone"),
    "uphold": ("red", "gavel"),
    "dismiss": ("green", "gavel"),
}


class Happened(Protocol):
    """What a timeline needs of an event."""

    @property
    def action(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def on_day(self) -> date: ...


def timeline(events: Iterable[Happened], subject: str, words: Translator) -> list[dict[str, Any]]:
    """Events, the latest first, with who and why."""
    shown = []
    for event in events:
        tone, icon = _TONES.get(event.action, ("grey", "circle-dot"))
        shown.append(
            {
                "when": _when(event),
                "title": words.gettext(act_name(subject, event.action)),
                "who": event.actor,
                "text": event.reason,
                "tone": tone,
                "icon": icon,
            }
        )
    return shown


def _when(event: Happened) -> date | datetime:
    """The minute, where it was on the day that rules were judged on; else that day (a demo replays another year)."""
    local = event.recorded_at.astimezone(SHANGHAI)
    return local if local.date() == event.on_day else event.on_day
