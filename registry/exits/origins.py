"""What a report of the bureau may follow from: a complaint, or an evaluation below the threshold (R25, R27)."""

from __future__ import annotations

from dataclasses import dataclass

from registry.evaluations import records as evaluations
from registry.evaluations.scoring import below_threshold
from registry.kernel.db import row
from registry.kernel.errors import Conflict, NotFound, RuleRefusal


@dataclass(frozen=True, slots=True)
class OriginCase:
    """The exit case that a complaint or an evaluation led to."""

    id: int
    number: str
    state: str


async def require_complaint(entry_id: int, complaint_id: int) -> None:
    """The complaint is about the entry, was taken up, was not found untrue, and is in no report yet.

    In the caller's transaction, under the entry's lock. Raises NotFound, RuleRefusal (R27), Conflict.
    """
    found = await row("SELECT entry, state FROM complaint WHERE id = {} FOR SHARE", complaint_id)
    if found is None or found["entry"] != entry_id:
        raise NotFound("没有找到这件投诉")
    if found["state"] in {"filed", "refused", "unfounded"}:
        raise RuleRefusal(
            "未受理或不属实的投诉不能转为退出案件。请先受理并核实",
            code="complaint_not_taken_up",
            rule="R27",
        )
    if await case_of_complaint(complaint_id) is not None:
        raise Conflict("这件投诉已经转入退出案件。请刷新页面查看最新情况")


async def require_evaluation(entry_id: int, evaluation_id: int) -> None:
    """The evaluation is of the entry, its satisfaction is below the threshold, and it is in no report yet (R25).

    Raises as ``require_complaint``.
    """
    found = await evaluations.load(evaluation_id)
    if found.entry_id != entry_id:
        raise NotFound("没有找到这项评价")
    if not below_threshold(found):
        raise RuleRefusal(
            "这项评价的家长满意度没有低于规定值，不能据此启动退出程序",
            code="not_below_threshold",
            rule="R25",
        )
    if await case_of_evaluation(evaluation_id) is not None:
        raise Conflict("这项评价已经转入退出案件。请刷新页面查看最新情况")


async def case_of_complaint(complaint_id: int) -> OriginCase | None:
    """The case that a complaint led to, if any."""
    return await _case("r.complaint = {}", complaint_id)


async def case_of_evaluation(evaluation_id: int) -> OriginCase | None:
    """The case that an evaluation led to, if any."""
    return await _case("r.evaluation = {}", evaluation_id)


async def _case(condition: str, record_id: int) -> OriginCase | None:
    found = await row(
        f'SELECT x.id, x.number, x.state FROM exit_report r JOIN exit_case x ON x.id = r."case" WHERE {condition}',  # noqa: S608 -- one of the two above
        record_id,
    )
    return OriginCase(**found) if found else None
