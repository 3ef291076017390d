"""Telling the people concerned: the provider what was decided, the next person that work waits."""

from __future__ import annotations

from datetime import date

from registry.kernel.actor import Role
from registry.kernel.db import row
from registry.notifications.commands import accounts_of, notify
from registry.review.access import Subject


async def tell_provider(subject: Subject, key: str, title: str, body: str) -> None:
    """A message to the provider's accounts, in the caller's transaction.

    ``title`` has a place ``%(name)s`` for the provider's name; ``key`` with the application makes it go out once.
    """
    await notify(
        await accounts_of(provider_id=subject.provider_id),
        key=f"application:{subject.id}:{key}",
        subject=title % {"name": await _name(subject.id)},
        body=body,
        link=f"/provider/applications/{subject.id}",
    )


async def tell_officials(subject: Subject, role: Role, key: str, title: str, body: str) -> None:
    """A message to the bureau's accounts of one role, in the caller's transaction."""
    await notify(
        await accounts_of(bureau_id=subject.bureau_id, roles=(role.value,)),
        key=f"application:{subject.id}:{key}",
        subject=title % {"name": await _name(subject.id)},
        body=body,
        link=f"/bureau/applications/{subject.id}",
    )


def zh_day(day: date) -> str:
    """2022年7月4日, as messages write it."""
    return f"{day.year}年{day.month}月{day.day}日"


async def _name(application_id: int) -> str:
    found = await row("SELECT name FROM application WHERE id = {}", application_id)
    return str(found["name"]) if found else ""
