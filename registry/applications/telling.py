"""Telling providers what happens to a round they are applying in (R5): rounds do not know applications."""

from __future__ import annotations

from registry.kernel.db import rows, transaction
from registry.notifications.commands import accounts_of, notify

# An extension matters to who has not handed in yet; a cancelled round to all that is under way.
_AFFECTED = {
    "extend": ("draft", "correction"),
    "cancel": (
        "draft", "correction", "submitted", "vetting", "in_review", "recommended", "shortlisted", "on_notice",
    ),
}  # fmt: skip


async def tell_of_rounds() -> int:
    """Tell each provider once that its round was extended or cancelled; returns how many applications. Idempotent."""
    found = await rows(
        "SELECT v.id AS event, v.action, v.reason, r.title, r.deadline, a.id, a.provider FROM event v"
        " JOIN round r ON r.id = v.subject_id JOIN application a ON a.round = r.id AND a.created_at <= v.recorded_at"
        " WHERE v.subject = 'round' AND v.action IN ('extend', 'cancel') AND v.recorded_at > now() - interval '60 days'"
        " AND a.state = ANY(CASE v.action WHEN 'extend' THEN {}::varchar[] ELSE {}::varchar[] END)"
        " AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.key = 'round-' || v.action || '-' || v.id || '-' || a.id)"
        " ORDER BY v.id, a.id LIMIT 2000",
        list(_AFFECTED["extend"]),
        list(_AFFECTED["cancel"]),
    )
    for one in found:
        extended = one["action"] == "extend"
        async with transaction():
            await notify(
                await accounts_of(provider_id=one["provider"]),
                key=f"round-{one['action']}-{one['event']}-{one['id']}",
                subject=f"{one['title']}：{'申报截止日期已延长' if extended else '批次已取消'}",
                body=(
                    f"截止日期延至 {one['deadline'].isoformat()}。理由：{one['reason']}"
                    if extended
                    else f"贵机构的申报不再办理，可以撤回。理由：{one['reason']}"
                ),
                link=f"/provider/applications/{one['id']}",
            )
    return len(found)
