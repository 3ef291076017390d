"""Publishing the results of yearly reviews together as a notice, where the policy wants them noticed (R15, R30)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from registry.jurisdictions.queries import ListView, get_list
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.db import rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.notices.lifecycle import NoticeKind
from registry.notices.publishing import Draft, store, title_of
from registry.notices.telling import tell_reviewed, window_of
from registry.whitelist.lifecycle import YEARLY_REVIEW
from registry.whitelist.tables import YearlyReview


async def publish_results(
    actor: Actor, list_id: int, review_ids: Sequence[int], title: str, reason: str = ""
) -> int:
    """Publish decided reviews of one list together as a notice; returns the notice's id (R15, R30).

    The window is that of the policy in force, provisional where its schedule is not loaded (R16). The providers are
    told. Raises Invalid for an empty choice or title, NotFound for another bureau's list or another list's review,
    Forbidden, RuleRefusal R30 where the policy has no such notice and R13 for a provider that the actor belongs to,
    Conflict where one is not decided or stands in a notice already.
    """
    headline = title_of(title)
    if not review_ids:
        raise Invalid(fields=[FieldError("reviews", "请至少选择一项审查结果")])
    on_list = await _list_of(actor, list_id)
    async with transaction():
        found = await rows(
            "SELECT y.id, y.state, y.outcome, y.notice, y.year, e.id AS entry, e.name, e.categories, e.provider,"
            " e.certificate_number, p.credit_code FROM yearly_review y JOIN entry e ON e.id = y.entry"
            " JOIN provider p ON p.id = e.provider WHERE y.id = ANY({}) AND e.list = {} ORDER BY y.id FOR UPDATE OF y",
            list(review_ids),
            list_id,
        )
        if {one["id"] for one in found} != set(review_ids):
            raise NotFound("所选审查结果中有不属于这个备选库的，请刷新页面后重新选择")
        if actor.provider_ids & {one["provider"] for one in found}:
            raise RuleRefusal("所选机构中有您所在的机构，请由他人发布", code="own_organisation", rule="R13")
        if any(one["state"] != "decided" or one["notice"] is not None for one in found):
            raise Conflict("所选审查结果中有尚未决定或已经公示的，请刷新页面后重新选择")
        draft = Draft(
            kind=NoticeKind.YEARLY_REVIEW,
            bureau_id=on_list.bureau_id,
            bureau_name=on_list.bureau_name,
            list_id=list_id,
            list_name=on_list.name,
            policy=on_list.policy,
            title=headline,
            providers=[_printed(one) for one in found],
        )
        notice_id = await store(actor, draft, reason.strip(), {"reviews": [one["id"] for one in found]})
        for one in found:
            await move(
                YEARLY_REVIEW,
                YearlyReview,
                one["id"],
                "publish_notice",
                actor,
                chains=(events.bureau_chain(on_list.bureau_id), events.provider_chain(one["provider"])),
                values={"notice": notice_id},
                data={"entry": one["entry"], "notice": notice_id},
            )
        await tell_reviewed(
            notice_id,
            f"notice:{notice_id}:reviewed",
            "年度审查结果已公示",
            f"{await window_of(notice_id)}。公示内容见公示页面。",
        )
    return notice_id


async def _list_of(actor: Actor, list_id: int) -> ListView:
    on_list = await get_list(list_id)
    if on_list.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这个备选库")
    if not actor.has(Role.APPROVER, bureau_id=on_list.bureau_id):
        raise Forbidden("只有本教育局的复审人员可以办理公示")
    if not on_list.policy.yearly_review.noticed:
        raise RuleRefusal("本地规则不要求公示年度审查结果", code="not_noticed", rule="R30")
    return on_list


def _printed(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "review": one["id"],
        "entry": one["entry"],
        "name": one["name"],
        "credit_code": one["credit_code"],
        "certificate_number": one["certificate_number"],
        "categories": list(one["categories"]),
        "year": one["year"],
        "outcome": one["outcome"],
    }
