"""Publishing notices, recording where they were posted, taking a provider off (R15-R17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.notices.calendars import follow
from registry.notices.lifecycle import NoticeKind
from registry.notices.publishing import Draft, store, title_of
from registry.notices.tables import NoticeItem, NoticePosting
from registry.notices.telling import tell_provider, window_of
from registry.review.access import lock, require
from registry.review.acts import reason_of, write
from registry.review.second_look_window import second_look_hint
from registry.rounds import queries as rounds


async def publish(
    actor: Actor, round_id: int, application_ids: Sequence[int], title: str, reason: str = ""
) -> int:
    """Publish shortlisted applications of a round together as a notice (R15); returns its id.

    The window follows the round's frozen policy; where its schedule is not loaded it is provisional (R16).
    Raises Invalid for an empty choice, NotFound for another bureau's round, RuleRefusal R13 for a provider
    that the actor belongs to, Conflict where one of them is not shortlisted any more.
    """
    if not application_ids:
        raise Invalid(fields=[FieldError("applications", "请至少选择一家拟入围机构")])
    headline = title_of(title)
    async with transaction():
        found_round = await rounds.get(round_id)
        _require_approver(actor, found_round.bureau_id)
        items = await rows(
            "SELECT a.id, a.name, a.provider, a.categories, p.credit_code, p.registered_address"
            " FROM application a JOIN provider p ON p.id = a.provider"
            " WHERE a.id = ANY({}) AND a.round = {} ORDER BY a.id FOR UPDATE OF a",
            list(application_ids),
            round_id,
        )
        if {item["id"] for item in items} != set(application_ids):
            raise NotFound("所选机构中有不属于这个批次的，请刷新页面后重新选择")
        if actor.provider_ids & {item["provider"] for item in items}:
            raise RuleRefusal("所选机构中有您所在的机构，请由他人发布", code="own_organisation", rule="R13")
        notice_id = await _insert(actor, found_round, items, headline, None, reason.strip())
        window = await window_of(notice_id)
        for item in items:
            await move(
                APPLICATION,
                Application,
                item["id"],
                "publish_notice",
                actor,
                chains=(events.bureau_chain(found_round.bureau_id), events.provider_chain(item["provider"])),
                data={"notice": notice_id},
            )
            await _tell_published(notice_id, item, window)
    return notice_id


async def _tell_published(notice_id: int, item: dict[str, Any], window: str) -> None:
    await tell_provider(
        item["provider"],
        item["id"],
        f"notice:{notice_id}:{item['id']}",
        f"{item['name']}：已进入公示",
        f"{window}。公示期内如有异议，将通知贵机构答复；期满无异议的，确认入库。",
    )


async def _insert(
    actor: Actor,
    of_round: rounds.RoundView,
    items: Sequence[dict[str, Any]],
    title: str,
    supplements: int | None,
    reason: str,
) -> int:
    notice_id = await store(
        actor,
        Draft(
            kind=NoticeKind.SELECTION,
            bureau_id=of_round.bureau_id,
            bureau_name=of_round.bureau_name,
            list_id=of_round.list_id,
            list_name=of_round.list_name,
            policy=of_round.rules,
            title=title,
            round=(of_round.id, of_round.title),
            supplements=supplements,
            providers=[
                {
                    "application": item["id"],
                    "name": item["name"],
                    "credit_code": item["credit_code"],
                    "categories": list(item["categories"]),
                }
                for item in items
            ],
        ),
        reason,
        {"applications": [item["id"] for item in items]},
    )
    await NoticeItem.insert(
        *[NoticeItem(notice=notice_id, application=item["id"], position=n) for n, item in enumerate(items, 1)]
    )
    return notice_id


async def record_posting(
    actor: Actor, notice_id: int, channel: str, address: str, posted_at: datetime
) -> None:
    """Record where a notice was posted: portal or official account, address and time (R15)."""
    bureau_id = await bureau_of(notice_id)
    if bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这份公示")
    if bureau_id not in actor.bureau_ids(Role.REVIEWER, Role.APPROVER, Role.BUREAU_ADMIN):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    async with transaction():
        posting = NoticePosting(
            notice=notice_id,
            channel=channel,
            address=address,
            posted_at=posted_at,
            recorded_by=actor.account_id,
        )
        await posting.save()
        await events.record(
            actor,
            subject="notice",
            subject_id=notice_id,
            action="record_posting",
            chains=(events.bureau_chain(bureau_id),),
            data={"posting": posting.id},
        )


async def take_off(actor: Actor, item_id: int, reason: str) -> None:
    """Take a provider off an open notice; it is shortlisted again, the others' window goes on (R17).

    Raises RuleRefusal R13 for a member of the provider, Conflict where it was taken off, Forbidden, NotFound.
    """
    await _leave(actor, item_id, "take_off", reason)


async def disqualify(actor: Actor, item_id: int, reason: str) -> None:
    """Reject a provider while it is on notice, for what came up without an objection (R14, R17).

    Raises as ``take_off``, and RuleRefusal R13 for the person who recommended it.
    """
    await _leave(actor, item_id, "reject_on_notice", reason)


async def _leave(actor: Actor, item_id: int, action: str, reason: str) -> None:
    text = reason_of(reason)
    async with transaction():
        item = await lock_item(item_id)
        subject = await lock(item["application"])
        if action == "reject_on_notice":
            await require(actor, subject, Role.APPROVER)
        else:
            _require_may_handle(actor, item)
        if item["taken_off_on"] is not None:
            raise Conflict("这家机构已从公示中撤下")
        as_of = await today()
        await rows(
            "UPDATE notice_item SET taken_off_on = {}, taken_off_reason = {} WHERE id = {}",
            as_of,
            text,
            item_id,
        )
        rejected = action == "reject_on_notice"
        await move(
            APPLICATION,
            Application,
            item["application"],
            action,
            actor,
            chains=subject.chains,
            reason=text,
            values={"decided_by": actor.account_id, "decided_on": as_of} if rejected else None,
            data={"notice": item["notice"]},
        )
        if rejected:
            await write(actor, subject, "reject", reason=text)
        await tell_provider(
            item["provider"],
            item["application"],
            f"notice-left:{item_id}",
            f"{item['name']}：{'公示期间取消资格' if rejected else '已从公示中撤下'}",
            f"理由：{text}" + (await second_look_hint(subject, as_of) if rejected else ""),
        )


async def republish_corrected(
    actor: Actor,
    item_id: int,
    title: str,
    reason: str,
    *,
    name: str | None = None,
    categories: Sequence[str] | None = None,
) -> int:
    """Correct a provider's published facts: a supplementary notice restarts the window for it alone (R17).

    ``name`` and ``categories`` replace what was published, where given. Returns the new notice's id. Raises
    Conflict where the provider is not on notice any more, Invalid without a reason or title, RuleRefusal R13 for a
    member of the provider.
    """
    text = reason_of(reason, missing="请写明更正的内容和理由")
    headline = title_of(title)
    async with transaction():
        item = await lock_item(item_id)
        _require_may_handle(actor, item)
        if item["taken_off_on"] is not None or item["state"] != "on_notice":
            raise Conflict("这家机构不在公示中，不能更正")
        of_round = await rounds.get(item["round"])
        if categories is not None and not (categories and set(categories) <= set(of_round.categories)):
            raise Invalid(fields=[FieldError("categories", "请在本批次的类别中选择")])
        await rows(
            "UPDATE notice_item SET taken_off_on = {}, taken_off_reason = {} WHERE id = {}",
            await today(),
            text,
            item_id,
        )
        await rows(
            "UPDATE application SET name = coalesce({}, name), categories = coalesce({}, categories) WHERE id = {}",
            (name or "").strip() or None,
            list(categories) if categories is not None else None,
            item["application"],
        )
        facts = await rows(
            "SELECT a.id, a.name, a.provider, a.categories, p.credit_code FROM application a"
            " JOIN provider p ON p.id = a.provider WHERE a.id = {}",
            item["application"],
        )
        notice_id = await _insert(actor, of_round, facts, headline, item["notice"], text)
        await events.record(
            actor,
            subject="application",
            subject_id=item["application"],
            action="correct_notice",
            chains=(events.bureau_chain(item["bureau_id"]), events.provider_chain(item["provider"])),
            reason=text,
            data={"item": item_id, "notice": notice_id},
        )
        await _tell_published(notice_id, facts[0], await window_of(notice_id))
    return notice_id


async def recompute_provisional(actor: Actor) -> int:
    """Compute the end of provisional windows whose schedule has been loaded since (R16). Returns how many."""
    async with transaction():
        settled = await follow(actor)
    return settled  # noqa: RET504 - a return inside "async with" is lost on mypy


async def bureau_of(notice_id: int) -> int:
    """The bureau that published a notice. Raises NotFound."""
    found = await row(
        "SELECT l.bureau FROM notice n JOIN registry_list l ON l.id = n.list WHERE n.id = {}", notice_id
    )
    if found is None:
        raise NotFound("没有找到这份公示")
    return int(found["bureau"])


async def lock_item(item_id: int) -> dict[str, Any]:
    """A notice item with its application locked and its notice's facts. Raises NotFound."""
    found = await row(
        "SELECT i.id, i.notice, i.application, i.taken_off_on, a.state, a.name, a.provider, a.round, n.published_on,"
        " n.passes_from, l.bureau AS bureau_id FROM notice_item i JOIN notice n ON n.id = i.notice"
        " JOIN registry_list l ON l.id = n.list JOIN application a ON a.id = i.application"
        " WHERE i.id = {} FOR UPDATE OF a, i",
        item_id,
    )
    if found is None:
        raise NotFound("没有找到公示中的这家机构")
    return found


def _require_approver(actor: Actor, bureau_id: int) -> None:
    if bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这份公示或这个批次")
    if not actor.has(Role.APPROVER, bureau_id=bureau_id):
        raise Forbidden("只有本教育局的复审人员可以办理公示")


def _require_may_handle(actor: Actor, item: dict[str, Any]) -> None:
    _require_approver(actor, item["bureau_id"])
    if item["provider"] in actor.provider_ids:
        raise RuleRefusal("您是这家机构的成员，请由他人办理", code="own_organisation", rule="R13")
