"""Storing a notice: its frozen snapshot with a hash, its number, its window (R15, R16)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.jurisdictions.queries import calendar as load_calendar
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows
from registry.kernel.errors import FieldError, Invalid
from registry.notices.calendars import keep
from registry.notices.lifecycle import NoticeKind
from registry.notices.tables import Notice
from registry.notices.window import as_snapshot, window_under
from registry.policies import Policy

MAX_TITLE = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice that is about to be published.

    ``policy`` gives its window; ``round`` is the id and title of a selection's. ``providers`` go into the snapshot as
    they are: JSON with at least ``name`` and ``credit_code``.
    """

    kind: NoticeKind
    bureau_id: int
    bureau_name: str
    list_id: int
    list_name: str
    policy: Policy
    title: str
    providers: Sequence[Mapping[str, Any]]
    round: tuple[int, str] | None = None
    supplements: int | None = None


def title_of(typed: str) -> str:
    """The title of a notice as typed, without spaces around it. Raises Invalid where it is empty or too long."""
    title = typed.strip()
    if not title:
        raise Invalid(fields=[FieldError("title", "请填写公示标题")])
    if len(title) > MAX_TITLE:
        raise Invalid(fields=[FieldError("title", "标题最多 200 个字，请缩短")])
    return title


def snapshot_hash(snapshot: dict[str, Any]) -> str:
    """SHA-256 (hex) of a snapshot's canonical JSON: what was published can be shown to be unchanged."""
    canonical = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


async def store(actor: Actor, draft: Draft, reason: str, data: Mapping[str, Any]) -> int:
    """Store a notice as published today, in the caller's transaction; returns its id.

    ``data`` goes into its event beside the hash and the last day.
    """
    policy = draft.policy
    published_on = await today()
    window = await window_under(policy, published_on)
    snapshot: dict[str, Any] = {
        "title": draft.title,
        "bureau": draft.bureau_name,
        "list": draft.list_name,
        **({"round": draft.round[1]} if draft.round else {"kind": draft.kind.value}),
        "published_on": published_on.isoformat(),
        "working_days": policy.notice.working_days,
        "policy": [policy.name, policy.version],
        "window": as_snapshot(window),
        "providers": [dict(one) for one in draft.providers],
    }
    notice = Notice(
        list=draft.list_id,
        kind=draft.kind.value,
        round=draft.round[0] if draft.round else None,
        supplements=draft.supplements,
        number=await _number(draft.bureau_id, published_on.year),
        title=draft.title,
        published_on=published_on,
        published_at=real_now(),
        published_by=actor.account_id,
        working_days=policy.notice.working_days,
        publication_day_counts=policy.notice.publication_day_counts,
        calendar=policy.calendar,
        last_day=window.last_day,
        passes_from=window.passes_from,
        provisional=window.provisional,
        snapshot=json.dumps(snapshot, ensure_ascii=False),
        sha256=snapshot_hash(snapshot),
    )
    await notice.save()
    notice_id = int(notice.id)
    await keep(notice_id, window, await load_calendar(policy.calendar), cause="published")
    await events.record(
        actor,
        subject="notice",
        subject_id=notice_id,
        action="publish",
        chains=(events.bureau_chain(draft.bureau_id),),
        reason=reason,
        data={"sha256": notice.sha256, **data, "last_day": window.last_day},
    )
    return notice_id


async def _number(bureau_id: int, year: int) -> str:
    # Numbers run on without gaps or doubles: who publishes for the same bureau waits here.
    await rows("SELECT id FROM bureau WHERE id = {} FOR NO KEY UPDATE", bureau_id)
    serial = await row(
        "SELECT count(*) + 1 AS n FROM notice n JOIN registry_list l ON l.id = n.list"
        " WHERE l.bureau = {} AND extract(year FROM n.published_on) = {}",
        bureau_id,
        year,
    )
    assert serial is not None
    return f"GS-{bureau_id}-{year}-{serial['n']:04d}"
