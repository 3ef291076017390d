"""Names of accounts, for records that keep who acted by id."""

from __future__ import annotations

from collections.abc import Iterable

from registry.kernel.db import rows


async def display_names(account_ids: Iterable[int | None]) -> dict[int, str]:
    """The display names of accounts by id; None among the ids is passed over."""
    wanted = sorted({one for one in account_ids if one is not None})
    found = await rows("SELECT id, display_name FROM account WHERE id = ANY({})", wanted) if wanted else []
    return {int(one["id"]): str(one["display_name"]) for one in found}
