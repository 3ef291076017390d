"""Telling people: a message when they sign in, and a mail where a mail server is set."""

from __future__ import annotations

from collections.abc import Iterable

from registry.kernel.clock import real_now, today
from registry.kernel.db import rows
from registry.kernel.jobs import defer


async def notify(account_ids: Iterable[int], *, key: str, subject: str, body: str, link: str) -> None:
    """Leave a message for some accounts, once per ``key``, in the caller's transaction.

    ``subject`` and ``body`` are Chinese and hold no personal data; ``link`` is a path of ours.
    """
    on_day, now = await today(), real_now()
    written = False
    for account_id in sorted(set(account_ids)):
        made = await rows(
            "INSERT INTO notification (account_id, key, subject, body, link, on_day, created_at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING id",
            account_id,
            key,
            subject,
            body,
            link,
            on_day,
            now,
        )
        written = written or bool(made)
    if written:
        await defer("notifications.mail", queueing_lock="notifications.mail")


async def accounts_of(
    *,
    provider_id: int | None = None,
    school_id: int | None = None,
    bureau_id: int | None = None,
    roles: Iterable[str] = (),
) -> list[int]:
    """The active accounts of one organisation (with one of ``roles``, if named)."""
    found = await rows(
        "SELECT DISTINCT m.account FROM membership m JOIN account a ON a.id = m.account AND a.active"
        " WHERE (m.provider = {} OR m.school = {} OR m.bureau = {}) AND (cardinality({}::varchar[]) = 0 OR m.role = ANY({}))",
        provider_id,
        school_id,
        bureau_id,
        list(roles),
        list(roles),
    )
    return [r["account"] for r in found]


async def mark_read(account_id: int, notification_id: int) -> None:
    """The reader has seen it; again is fine."""
    await rows(
        "UPDATE notification SET read_at = coalesce(read_at, {}) WHERE id = {} AND account_id = {}",
        real_now(),
        notification_id,
        account_id,
    )


async def mark_all_read(account_id: int) -> None:
    """The reader has seen all there are; again is fine."""
    await rows(
        "UPDATE notification SET read_at = {} WHERE account_id = {} AND read_at IS NULL",
        real_now(),
        account_id,
    )
