"""Applications in each of their states, and the commands that move them (R14)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from registry.applications import commands as applications
from registry.applications import queries
from registry.applications.lifecycle import APPLICATION, ApplicationState
from registry.checks import commands as checks
from registry.checks import deadlines
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.kernel.sealed import seal
from registry.notices import commands as notices
from registry.notices import objections
from registry.notices.tables import Notice, NoticeItem
from registry.policies.version import content_version
from registry.review import commands as review
from registry.schools.tables import School
from registry.whitelist.listing import list_application
from tests.factories.applying import OPEN_DAY, Applicant, make_applicant, whole_form
from tests.factories.listed import account
from tests.factories.reviewing import Desk, make_desk
from tests.integration.lifecycles.cases import Case, Walk
from tests.integration.machine.world import add_locked_file
from vetting.model import VettingResult

_BEFORE = OPEN_DAY - timedelta(days=1)
_RECOMMENDED = {"recommended", "shortlisted", "on_notice", "listed", "rejected"}
_DECIDED = {"shortlisted", "on_notice", "listed", "rejected"}


async def people_at(desk: Desk) -> dict[Role, Actor]:
    """Somebody for every role; what belongs to a record's provider is told by the record."""
    school = School(name="虚构小学", bureau=desk.bureau_id, division="450191", address="虚构路 2 号")
    await school.save()
    return {
        Role.REVIEWER: desk.reviewer, Role.APPROVER: desk.approver, Role.BUREAU_ADMIN: desk.admin,
        Role.AUDITOR: desk.auditor, Role.SYSTEM: Actor.for_system("truth table"), Role.PUBLIC: Actor.public(),
        Role.OPERATOR: await account("运维", Membership(Role.OPERATOR)),
        Role.SCHOOL: await account("学校", Membership(Role.SCHOOL, school_id=int(school.id))),
    }  # fmt: skip


async def application_walk() -> Walk:
    """One application for each state."""
    desk = await make_desk(day=OPEN_DAY)
    records, own = {}, {}
    for state in ApplicationState:
        applicant = await make_applicant(desk)
        record = await _in_state(desk, applicant, state.value)
        records[state.value] = record
        own[record] = {Role.PROVIDER: applicant.actor}
    people = {**await people_at(desk), Role.PROVIDER: own[records["draft"]][Role.PROVIDER]}
    return Walk(APPLICATION, "application", records, people, _cases(desk), own)


async def _in_state(desk: Desk, applicant: Applicant, state: str) -> int:
    record = await applicant.start()
    await applications.save_form(applicant.actor, record, whole_form(applicant.facts), 0)
    await add_locked_file(record)
    if state == "draft":
        return record
    await applications.submit(applicant.actor, record)
    await rows(
        "INSERT INTO vetting_run (application, state, cause, engine, as_of, queued_at, result_sealed)"
        " VALUES ({}, 'done', 'submission', 'walk', {}, {}, NULL)",
        record,
        OPEN_DAY,
        real_now(),
    )
    if state in _RECOMMENDED:
        await rows(
            "INSERT INTO review_act (application, account, kind, look, reason, internal_note, on_day, created_at)"
            " VALUES ({}, {}, 'recommend_shortlist', 1, '齐全', '', {}, {})",
            record,
            desk.reviewer2.account_id,
            OPEN_DAY,
            real_now(),
        )
    await rows(
        "UPDATE application SET state = {}, correction_until = {}, correction_items = ARRAY[0, 1], recommended_by = {}::int,"
        " recommendation = {}::varchar, decided_by = {}::int, decided_on = {}::date WHERE id = {}",
        state,
        OPEN_DAY,
        desk.reviewer2.account_id if state in _RECOMMENDED else None,
        "shortlist" if state in _RECOMMENDED else None,
        desk.approver2.account_id if state in _DECIDED else None,
        OPEN_DAY if state in _DECIDED else None,
        record,
    )
    return record


def _cases(desk: Desk) -> tuple[Case, ...]:
    async def of(record: int) -> tuple[int, int]:
        found = await rows("SELECT provider, round FROM application WHERE id = {}", record)
        return found[0]["provider"], found[0]["round"]

    async def on_passed_notice(record: int) -> int:
        provider = await rows("SELECT name, credit_code FROM provider WHERE id = {}", (await of(record))[0])
        printed = {**provider[0], "application": record, "categories": ["arts"]}
        notice = Notice(
            list=desk.list_id, round=desk.round_id, number=f"W-{record}", title="公示", published_on=_BEFORE,
            published_at=real_now(), published_by=desk.approver2.account_id, calendar="CN", last_day=_BEFORE,
            passes_from=OPEN_DAY, provisional=False, snapshot=json.dumps({"list": "备选库", "round": "遴选", "bureau": "教育局", "providers": [printed]}),
            sha256="0" * 64,
        )  # fmt: skip
        await notice.save()
        item = NoticeItem(notice=int(notice.id), application=record, position=1)
        await item.save()
        return int(item.id)

    async def item_of(record: int) -> int:
        return int((await rows("SELECT id FROM notice_item WHERE application = {}", record))[0]["id"])

    async def corrected(record: int) -> None:
        form, _ = await queries.working_form(record)
        changed = form.model_copy(update={"business_scope": "文化艺术培训；更正"})
        await rows("UPDATE application SET form_sealed = {} WHERE id = {}", changed.sealed(), record)

    async def overdue(record: int) -> None:
        await rows("UPDATE application SET correction_until = {} WHERE id = {}", _BEFORE, record)

    async def running(record: int) -> None:
        await rows(
            "INSERT INTO vetting_run (application, state, cause, engine, as_of, queued_at)"
            " VALUES ({}, 'running', 'submission', 'walk', {}, {})",
            record,
            OPEN_DAY,
            real_now(),
        )

    async def vetted_early(record: int) -> None:
        await rows(
            "INSERT INTO vetting_run (application, state, cause, engine, as_of, queued_at)"
            " SELECT a.id, 'done', 'submission', 'walk', r.deadline - 1, {} FROM application a"
            " JOIN round r ON r.id = a.round WHERE a.id = {}",
            real_now(),
            record,
        )

    async def finish(_: Actor, record: int) -> None:
        found = await rows("SELECT max(id) AS id FROM vetting_run WHERE application = {}", record)
        await checks.finish(found[0]["id"], VettingResult((), (), (), engine="walk"), ())

    async def asked(record: int) -> None:
        provider, _ = await of(record)
        member = await account("机构", Membership(Role.PROVIDER, provider_id=provider))
        await rows(
            "UPDATE application SET decided_on = {} WHERE id = {} AND state = 'rejected'", OPEN_DAY, record
        )
        found = await rows("SELECT state FROM application WHERE id = {}", record)
        if found[0]["state"] == "rejected":
            await review.ask_second_look(member, record, "请复核")

    async def objected(record: int) -> None:
        item = await on_passed_notice(record)
        await rows(
            "INSERT INTO objection (item, receipt_number, receipt_secret_hash, kind, identity_sealed, facts_sealed, state,"
            " filed_on, filed_at, answer_sealed, proposed_by, proposal, ruling_reason) VALUES ({}, 'W', '', 'person', '',"
            " '', 'proposed', {}, {}, {}, {}, 'uphold', '')",
            item,
            _BEFORE,
            real_now(),
            seal("答复", "objection.answer"),
            desk.reviewer2.account_id,
        )

    async def rule(actor: Actor, record: int) -> None:
        found = await rows(
            "SELECT o.id FROM objection o JOIN notice_item i ON i.id = o.item WHERE i.application = {}",
            record,
        )
        await objections.decide(actor, found[0]["id"], "uphold", "属实")

    async def by_paper(record: int) -> None:
        await rows(
            "INSERT INTO paper_intake (application, by_post, posted_on, received_on, entered_by, note, created_at)"
            " VALUES ({}, true, {}, {}, {}, '', {})",
            record,
            OPEN_DAY,
            OPEN_DAY,
            desk.reviewer2.account_id,
            real_now(),
        )

    async def corrected_on_paper(record: int) -> None:
        await by_paper(record)
        await corrected(record)

    async def publish(actor: Actor, record: int) -> None:
        _, round_id = await of(record)
        await notices.publish(actor, round_id, [record], "公示")

    async def file_of_a_draft(record: int) -> None:
        # A draft's file is not locked yet.
        await rows(
            "UPDATE stored_file f SET state = 'stored', retain_until = NULL FROM application a WHERE a.id = {}"
            " AND a.state = 'draft' AND f.owner = 'application' AND f.owner_id = a.id",
            record,
        )

    async def entered(record: int) -> None:
        await by_paper(record)
        await file_of_a_draft(record)

    async def automatically(record: int) -> None:
        await on_passed_notice(record)
        stored = await rows("SELECT policy::text AS policy FROM round WHERE id = {}", desk.round_id)
        frozen = json.loads(stored[0]["policy"]) | {"listing_confirmation": "automatic"}
        frozen["version"] = content_version(frozen)
        await rows("UPDATE round SET policy = {}::jsonb WHERE id = {}", json.dumps(frozen), desk.round_id)

    # Of an application on paper its provider may withdraw what was handed in, as of any other.
    clerks_and_others = tuple(role for role in Role if role is not Role.PROVIDER)

    async def leave(actor: Actor, record: int, act: Any) -> None:
        await act(actor, await item_of(record), "理由")

    return (
        Case("submit", ("submit",), applications.submit),
        Case("enter from paper", ("enter_paper",), applications.submit, by_paper),
        Case("discard paper", ("discard_paper",), lambda a, i: applications.withdraw(a, i, "撤回"), entered,
             roles=clerks_and_others),
        Case("resubmit", ("resubmit",), applications.resubmit, corrected),
        Case("resubmit on paper", ("resubmit", "enter_paper_correction"), applications.resubmit, corrected_on_paper),
        Case("withdraw", ("withdraw",), lambda a, i: applications.withdraw(a, i, "撤回"), file_of_a_draft),
        Case("start vetting", ("start_vetting",), lambda _, i: checks.begin(i, "walk"), quiet=True, roles=(Role.SYSTEM,)),
        Case("finish vetting", ("finish_vetting",), finish, running, quiet=True, roles=(Role.SYSTEM,)),
        Case("close correction", ("close_correction",), lambda a, _: review.close_overdue_corrections(a), overdue,
             quiet=True, roles=(Role.SYSTEM,)),
        Case("vet again", ("vet_again",), lambda a, i: checks.vet_again(a, i, "重新核验"),
             roles=tuple(role for role in Role if role is not Role.SYSTEM)),
        Case("vet for a later deadline", ("vet_again",), lambda *_: deadlines.follow(), vetted_early, quiet=True,
             roles=(Role.SYSTEM,)),
        Case("request correction", ("request_correction",), lambda a, i: review.request_correction(a, i, [0], "补正")),
        Case("recommend", ("recommend",), lambda a, i: review.recommend(a, i, "shortlist", "齐全", checked_by_hand=True)),
        Case("send back", ("send_back",), lambda a, i: review.send_back(a, i, "退回")),
        Case("shortlist", ("shortlist",), lambda a, i: review.decide(a, i, "shortlist", "同意", checked_by_hand=True)),
        Case("reject", ("reject",), lambda a, i: review.decide(a, i, "reject", "不同意")),
        Case("revoke", ("reject_shortlisted",), lambda a, i: review.revoke(a, i, "取消")),
        Case("publish", ("publish_notice",), publish),
        Case("take off", ("take_off",), lambda a, i: leave(a, i, notices.take_off), on_passed_notice),
        Case("disqualify", ("reject_on_notice",), lambda a, i: leave(a, i, notices.disqualify), on_passed_notice),
        Case("uphold an objection", ("reject_on_objection", "reject_shortlisted"), rule, objected, quiet=True),
        Case("list", ("confirm_listing",), lambda a, i: list_application(a, i, "期满"), on_passed_notice,
             roles=tuple(role for role in Role if role is not Role.SYSTEM)),
        Case("list by itself", ("confirm_listing",), lambda a, i: list_application(a, i, "期满"), automatically,
             roles=(Role.SYSTEM,)),
        Case("grant a second look", ("grant_second_look",), lambda a, i: review.grant_second_look(a, i, "受理"), asked),
    )  # fmt: skip
