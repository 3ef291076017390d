"""What stands against shortlisting: open blocking findings, and vetting that did not happen (R9)."""

from __future__ import annotations

from typing import Any

from registry.kernel.db import row
from registry.kernel.errors import RuleRefusal

_STANDING = """
SELECT (SELECT count(*) FROM finding f WHERE f.application = {} AND f.severity = 'block' AND f.overruled_by IS NULL
          AND f.run = (SELECT max(id) FROM vetting_run WHERE application = {} AND state = 'done')) AS findings,
       (SELECT count(*) FROM screening_match m
         WHERE m.screening = (SELECT max(id) FROM screening WHERE application = {})
           AND m.severity = 'block' AND m.judgement IS DISTINCT FROM 'different') AS matches,
       (SELECT state FROM vetting_run WHERE application = {} ORDER BY id DESC LIMIT 1) AS run_state
"""


async def refuse_open_blocks(application_id: int) -> None:
    """Raise RuleRefusal (R9) where vetting or screening left a blocking result that nobody overruled."""
    found = await _standing(application_id)
    count = int(found["findings"]) + int(found["matches"])
    if count:
        raise RuleRefusal(
            "还有 %(count)s 项阻断性发现没有处理。请逐项核对，确属误判的说明理由予以排除，否则不能拟入围",
            code="open_blocks",
            rule="R9",
            count=str(count),
        )


async def refuse_not_vetted(application_id: int, checked_by_hand: bool) -> bool:
    """Whether the application is "not vetted": its last run failed or there was none (R9).

    Raises RuleRefusal for one that nobody says to have checked by hand.
    """
    vetted = (await _standing(application_id))["run_state"] == "done"
    if not vetted and not checked_by_hand:
        raise RuleRefusal(
            "这份申报没有经过系统核验。请人工逐项核对全部材料并勾选确认后再提交，或先重新核验",
            code="not_vetted",
            rule="R9",
        )
    return not vetted


async def _standing(application_id: int) -> dict[str, Any]:
    found = await row(_STANDING, application_id, application_id, application_id, application_id)
    assert found is not None
    return found
