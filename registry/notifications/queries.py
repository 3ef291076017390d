"""Reading one's own messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from registry.kernel.clock import SHANGHAI
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Message:
    """A message to one account; ``link`` is a path of ours."""

    id: int
    subject: str
    body: str
    link: str
    on_day: date
    created_at: datetime
    read_at: datetime | None


async def of_account(
    account_id: int, *, after: int | None = None, limit: int = 30
) -> tuple[list[Message], str | None]:
    """An account's messages, the latest first, and the cursor of the next page (None at the end)."""
    found = await rows(
        "SELECT id, subject, body, link, on_day, created_at, read_at FROM notification"
        " WHERE account_id = {} AND id < {} ORDER BY id DESC LIMIT {}",
        account_id,
        after or 2**62,
        limit + 1,
    )
    views = [
        Message(**{**one, "created_at": one["created_at"].astimezone(SHANGHAI)}) for one in found[:limit]
    ]
    return views, str(views[-1].id) if len(found) > limit else None


async def unread(account_id: int) -> int:
    """How many messages the account has not opened."""
    found = await row(
        "SELECT count(*) AS n FROM notification WHERE account_id = {} AND read_at IS NULL", account_id
    )
    return int(found["n"]) if found else 0


async def link_of(account_id: int, message_id: int) -> str:
    """Where one's message leads. Raises NotFound for another's."""
    found = await row(
        "SELECT link FROM notification WHERE id = {} AND account_id = {}", message_id, account_id
    )
    if found is None:
        raise NotFound("没有找到这条消息")
    return str(found["link"])
