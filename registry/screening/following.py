"""What is to be screened anew: a list, a ban, the provider or the day changed since (R12)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from registry.kernel.clock import today
from registry.kernel.db import rows
from registry.screening.commands import Cause
from registry.screening.index import versions

_STATES = ("in_review", "recommended", "shortlisted", "on_notice")

_CAUSE = """
CASE WHEN s.id IS NULL THEN 'vetting'
     WHEN s.versions <> {}::jsonb THEN 'list_changed'
     WHEN EXISTS (SELECT 1 FROM event e WHERE e.chain = 'provider:' || c.provider AND e.subject = 'provider'
                  AND e.recorded_at > s.screened_at) THEN 'provider_changed'
     WHEN s.as_of < {}::date THEN 'nightly' END
"""


async def outdated_applications(bureau_id: int) -> list[tuple[int, Cause]]:
    """The applications under way at a bureau whose latest screening is out of date, and why."""
    found = await rows(
        f"SELECT c.id, {_CAUSE} AS cause FROM application c JOIN round r ON r.id = c.round"  # noqa: S608 -- a constant
        " JOIN registry_list l ON l.id = r.list LEFT JOIN LATERAL"
        " (SELECT * FROM screening x WHERE x.application = c.id ORDER BY x.id DESC LIMIT 1) s ON true"
        " WHERE l.bureau = {} AND c.state = ANY({}) ORDER BY c.id",
        *await _now(bureau_id),
        bureau_id,
        list(_STATES),
    )
    return [(one["id"], one["cause"]) for one in found if one["cause"] is not None]


async def outdated(bureau_id: int, listed: list[tuple[int, int, int | None]]) -> list[tuple[int, Cause]]:
    """Of some listed providers, (provider, list, application) each, those to be screened anew: their places in
    ``listed``, and why."""
    found = await rows(
        f"SELECT c.place, {_CAUSE} AS cause"  # noqa: S608 -- a constant
        " FROM unnest({}::int[], {}::int[], {}::int[]) WITH ORDINALITY AS c (provider, list, application, place)"
        " LEFT JOIN LATERAL (SELECT * FROM screening x WHERE x.provider = c.provider AND x.list = c.list"
        "   AND x.application IS NOT DISTINCT FROM c.application ORDER BY x.id DESC LIMIT 1) s ON true ORDER BY c.place",
        *await _now(bureau_id),
        [one[0] for one in listed],
        [one[1] for one in listed],
        [one[2] for one in listed],
    )
    return [(one["place"] - 1, one["cause"]) for one in found if one["cause"] is not None]


async def _now(bureau_id: int) -> tuple[Any, date]:
    return json.dumps(await versions(bureau_id)), await today()
