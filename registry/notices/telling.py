"""Telling provider and officials what happens to a notice and its objections."""

from __future__ import annotations

from registry.kernel.actor import Role
from registry.kernel.db import row, rows
from registry.notifications.commands import accounts_of, notify
from registry.review.telling import zh_day


async def window_of(notice_id: int) -> str:
    """Until when a notice stands, as its messages say it: to an estimated day where the end is provisional (R16)."""
    found = await row("SELECT last_day, provisional FROM notice WHERE id = {}", notice_id)
    assert found is not None
    return f"公示期{'预计至' if found['provisional'] else '至'}{zh_day(found['last_day'])}"


async def tell_provider(
    provider_id: int, application_id: int, key: str, title: str, body: str, *, objection_id: int | None = None
) -> None:
    """A message to the provider's accounts that leads to its application, or to an objection to it, in the caller's
    transaction.
    """
    about_objection = f"/provider/objections/{objection_id}"
    await notify(
        await accounts_of(provider_id=provider_id),
        key=key,
        subject=title,
        body=body,
        link=about_objection if objection_id is not None else f"/provider/applications/{application_id}",
    )


async def tell_reviewed(notice_id: int, key: str, title: str, body: str) -> None:
    """A message to every provider on a notice of yearly reviews, in the caller's transaction."""
    for one in await rows(
        "SELECT p.id FROM notice n CROSS JOIN LATERAL jsonb_array_elements(n.snapshot->'providers') AS printed"
        " JOIN provider p ON p.credit_code = printed->>'credit_code' WHERE n.id = {} ORDER BY p.id",
        notice_id,
    ):
        await notify(
            await accounts_of(provider_id=one["id"]),
            key=key,
            subject=title,
            body=body,
            link=f"/notices/{notice_id}",
        )


async def tell_officials(bureau_id: int, role: Role, key: str, title: str, body: str, link: str) -> None:
    """A message to the bureau's accounts of one role, in the caller's transaction."""
    await notify(
        await accounts_of(bureau_id=bureau_id, roles=(role.value,)),
        key=key,
        subject=title,
        body=body,
        link=link,
    )
