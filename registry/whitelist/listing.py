"""Confirming a listing once its notice has passed (R18): what stands against it, and the act."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from asyncpg.exceptions import ExclusionViolationError

from registry.applications.form import Course as FormCourse
from registry.applications.form import open_form
from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.bans.queries import ban_that_bars, hold_representative
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.refusals import Refusal
from registry.notifications.commands import accounts_of, notify
from registry.policies import Policy, thaw
from registry.policies.vocabulary import Confirmation
from registry.providers import registration
from registry.providers.commands import representative_index, write_facts
from registry.providers.registration import later
from registry.review.access import acts_of
from registry.screening.imports import hold_lists
from registry.whitelist import roster
from registry.whitelist.hits import blocking_lists
from registry.whitelist.numbers import certificate_number
from registry.whitelist.registration import valid_for, vetted
from registry.whitelist.rules import ListingFacts, lapse_day, listing_refusals
from registry.whitelist.search import indexed
from registry.whitelist.subjects import lowest_price, subjects_of
from registry.whitelist.tables import Course, Entry


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application that may be listed, with what the listing needs. ``policy`` is the round's frozen one.

    ``representative_index`` is of the legal representative that the application names, of the provider's record where
    it names none.
    """

    application_id: int
    state: str
    provider_id: int
    name: str
    credit_code: str
    representative_index: str | None
    registered_address: str
    registered_until: date | None
    categories: tuple[str, ...]
    round_id: int
    round_title: str
    cycle_ends_on: date
    list_id: int
    list_name: str
    bureau_id: int
    bureau_division: str
    recommended_by: int | None
    decided_by: int | None
    form_sealed: bytes | None
    policy: Policy

    @property
    def chains(self) -> tuple[str, ...]:
        """The event chains of the bureau and of the provider."""
        return (events.bureau_chain(self.bureau_id), events.provider_chain(self.provider_id))


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application whose notice has passed and that is not listed yet."""

    application_id: int
    name: str
    credit_code: str
    categories: tuple[str, ...]
    list_name: str
    round_title: str
    notice_number: str
    passes_from: date
    cycle_ends_on: date
    open_objections: int


async def list_application(actor: Actor, application_id: int, reason: str) -> int:
    """Confirm a listing (认定): the application becomes an entry from today to the end of the cycle.

    ``actor`` is an approver of the bureau, or the system where the round's policy lists by itself. Returns the
    entry's id. Raises Conflict where it is listed already, RuleRefusal (R13, R15–R19, R28) with everything that
    stands against it, NotFound for another bureau's application, Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明认定理由")])
    try:
        async with transaction():
            found = await candidate(application_id, lock=True)
            require_may_list(actor, found)
            if any(act.kind == "recuse" for act in await acts_of(application_id, actor)):
                raise RuleRefusal("您已对这份申报回避，请由他人办理", code="recused", rule="R13")
            await hold_representative(found.representative_index, shared=True)
            await hold_lists(found.bureau_id, shared=True)
            as_of = await today()
            if found.state == "listed":
                raise Conflict("这家机构已经入库，无需再次确认。请刷新页面查看最新情况")
            refusals = await refusals_against(found, as_of)
            if refusals:
                raise RuleRefusal.of(*refusals)
            entry_id = await _insert(actor, found, as_of)
            for kind, day in (await vetted(application_id)).items():
                known = (await registration.known(found.provider_id)).get(kind)
                await registration.learn(
                    found.provider_id, kind, later(known.valid_until, day) if known else day,
                    source="application", source_id=application_id, as_of=as_of,
                )  # fmt: skip
            await move(
                APPLICATION,
                Application,
                application_id,
                "confirm_listing",
                actor,
                chains=found.chains,
                reason=reason.strip(),
                data={"entry": entry_id},
            )
            await events.record(
                actor,
                subject="entry",
                subject_id=entry_id,
                action="list",
                chains=found.chains,
                to_state="listed",
                reason=reason.strip(),
                data={"application": application_id, "round": found.round_id, "policy": found.policy.version},
            )
            await _take_over_facts(actor, found)
            await notify(
                await accounts_of(provider_id=found.provider_id),
                key=f"entry-listed-{entry_id}",
                subject="贵机构已入库",
                body=f"自今日起在“{found.list_name}”在册，至 {found.cycle_ends_on.isoformat()} 止，学校可与贵机构签约。",
                link="/provider/contracts",
            )
    except ExclusionViolationError as error:
        raise RuleRefusal(
            "该机构在本名单上已有在册条目，两个条目的时间不能重叠。请待现有条目届满次日起再确认",
            code="entries_overlap",
            rule="R19",
        ) from error
    return entry_id


async def candidate(application_id: int, *, lock: bool = False) -> Candidate:
    """An application as the listing sees it; with ``lock`` its row, its notice items and its provider are locked.

    The provider's lock orders a listing and a ban of the same provider (R28). Raises NotFound.
    """
    if lock:
        await rows("SELECT id FROM application WHERE id = {} FOR UPDATE", application_id)
        # Waits for objections that are being filed at this moment: they hold their item.
        await rows("SELECT id FROM notice_item WHERE application = {} ORDER BY id FOR UPDATE", application_id)
        await rows(
            "SELECT id FROM provider WHERE id = (SELECT provider FROM application WHERE id = {}) FOR NO KEY UPDATE",
            application_id,
        )
    found = await row(
        """
        SELECT a.id AS application_id, a.state, a.provider AS provider_id, a.name, p.credit_code,
               p.legal_representative_id_index AS representative_index, p.registered_address,
               p.registered_until, a.categories,
               r.id AS round_id, r.title AS round_title, r.cycle_ends_on, r.policy, r.list AS list_id,
               l.name AS list_name, l.bureau AS bureau_id, b.division AS bureau_division, a.recommended_by,
               a.decided_by,
               coalesce((SELECT s.form_sealed FROM submission s WHERE s.application = a.id
                         ORDER BY s.number DESC LIMIT 1), a.form_sealed) AS form_sealed
        FROM application a JOIN provider p ON p.id = a.provider JOIN round r ON r.id = a.round
        JOIN registry_list l ON l.id = r.list JOIN bureau b ON b.id = l.bureau
        WHERE a.id = {} AND r.policy IS NOT NULL
        """,
        application_id,
    )
    if found is None:
        raise NotFound("没有找到这份申报")
    frozen = thaw(json.loads(found["policy"]))
    named = representative_index(open_form(found["form_sealed"]).facts.representative_id)
    return Candidate(
        **{
            **found,
            "categories": tuple(found["categories"]),
            "policy": frozen,
            "representative_index": named or found["representative_index"],
        }
    )


def require_may_list(actor: Actor, found: Candidate) -> None:
    """The actor may confirm this listing: an approver of the bureau who did not recommend it and does not
    belong to the provider (R13), or the system where the policy says so (R18).

    Raises NotFound for another bureau's, Forbidden, RuleRefusal (R13).
    """
    if actor.system:
        if found.policy.listing_confirmation is not Confirmation.AUTOMATIC:
            raise Forbidden("本地规则要求由审批人员逐一确认入库")
        return
    if found.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这份申报")
    if not actor.has(Role.APPROVER, bureau_id=found.bureau_id):
        raise Forbidden("只有本教育局的复审人员可以确认入库")
    if found.provider_id in actor.provider_ids:
        raise RuleRefusal(
            "您是这家机构的成员，不能办理它的入库，请由他人办理", code="own_organisation", rule="R13"
        )
    if actor.account_id is not None and actor.account_id == found.recommended_by:
        raise RuleRefusal(
            "您是这份申报的初审人员，请由另一名复审人员确认入库", code="same_person", rule="R13"
        )


async def refusals_against(found: Candidate, as_of: date) -> tuple[Refusal, ...]:
    """Everything that stands against listing on ``as_of``, with what to do about each (R13, R15–R19, R28)."""
    on_notice, passes_from = await _notice(found.application_id)
    barring = await ban_that_bars(
        list_id=found.list_id,
        credit_code=found.credit_code,
        representative_index=found.representative_index,
        as_of=as_of,
        recognised=found.policy.ban.recognised,
    )
    facts = ListingFacts(
        passes_from=passes_from,
        on_notice=on_notice and found.state == "on_notice",
        open_objections=await _open_objections(found.application_id),
        block_findings=await _block_findings(found.application_id),
        barred_until=barring.ban.last_day if barring else None,
        cycle_ends_on=found.cycle_ends_on,
    )
    refusals = list(listing_refusals(facts, as_of))
    named = await blocking_lists(found.provider_id, found.bureau_id, found.policy, as_of)
    if named:
        refusals.append(
            Refusal(
                "on_a_list",
                "R3",
                "该机构的统一社会信用代码被列入%(lists)s",
                "由审核人员核实，属误判的予以排除；移出名单后可再确认",
                {"lists": "、".join(kind.zh for kind in named)},
            )
        )
    until = await valid_for(found.provider_id, found.application_id, found.registered_until)
    lapses_on = lapse_day(until)
    if lapses_on is not None and lapses_on <= as_of:
        refusals.append(
            Refusal(
                "registration_lapsed",
                "R18",
                "该机构的登记证照已于 %(day)s 到期",
                "由机构提交换发的登记证照后再确认",
                {"day": until.isoformat() if until else ""},
            )
        )
    if found.recommended_by is None or found.decided_by is None or found.recommended_by == found.decided_by:
        refusals.append(
            Refusal(
                "two_people_missing",
                "R13",
                "这份申报没有经两名不同人员初审和复审",
                "由初审、复审人员分别办理",
            )
        )
    return tuple(refusals)


async def _notice(application_id: int) -> tuple[bool, date | None]:
    """Whether it is on a notice, and from when all notices it is on have passed (None while provisional)."""
    found = await row(
        "SELECT count(*) AS n, bool_or(n.passes_from IS NULL) AS provisional, max(n.passes_from) AS passes_from"
        " FROM notice_item i JOIN notice n ON n.id = i.notice WHERE i.application = {} AND i.taken_off_on IS NULL",
        application_id,
    )
    if found is None or not found["n"]:
        return False, None
    return True, None if found["provisional"] else found["passes_from"]


async def _open_objections(application_id: int) -> int:
    found = await row(
        "SELECT count(*) AS n FROM objection o JOIN notice_item i ON i.id = o.item"
        " WHERE i.application = {} AND o.state IN ('open', 'proposed')",
        application_id,
    )
    return int(found["n"]) if found else 0


async def _block_findings(application_id: int) -> int:
    found = await row(
        "SELECT (SELECT count(*) FROM finding f WHERE f.severity = 'block' AND f.overruled_by IS NULL AND f.run ="
        "  (SELECT max(v.id) FROM vetting_run v WHERE v.application = {} AND v.state = 'done'))"
        " + (SELECT count(*) FROM screening_match m WHERE m.severity = 'block' AND m.judgement IS DISTINCT FROM 'different'"
        "  AND m.screening = (SELECT max(s.id) FROM screening s WHERE s.application = {})) AS n",
        application_id,
        application_id,
    )
    return int(found["n"]) if found else 0


async def _take_over_facts(actor: Actor, found: Candidate) -> None:
    """Make the facts that were reviewed the provider's: while it has other applications they stand in this one alone.

    A ban of the provider names its legal representative of now (R28). Last in the transaction: the event locks the
    provider's chain, which everybody locks after the bureau's.
    """
    facts = open_form(found.form_sealed).facts
    if facts.code == found.credit_code and facts.representative_id:
        await write_facts(actor, found.provider_id, replace(facts, name=found.name))


async def _insert(actor: Actor, found: Candidate, as_of: date) -> int:
    number = await certificate_number(found.bureau_division, as_of.year)
    form = open_form(found.form_sealed)
    courses = form.courses
    titles = [course.title for course in courses]
    index = indexed(
        [
            found.name,
            *dict.fromkeys((form.brand, *form.former_names, *await _former_names(found.provider_id))),
        ],
        [found.credit_code, number, *titles, form.registered_address or found.registered_address],
    )
    entry = Entry(
        list=found.list_id,
        provider=found.provider_id,
        application=found.application_id,
        certificate_number=number,
        name=found.name,
        brand=form.brand.strip(),
        categories=list(found.categories),
        state="listed",
        listed_on=as_of,
        ends_on=found.cycle_ends_on,
        confirmed_by=actor.account_id,
        search_text=index.text,
        search_terms=[],
        pinyin_key=index.pinyin_key,
        subjects=subjects_of(titles),
        lowest_price_cents=lowest_price(course.price_cents for course in courses),
        created_at=real_now(),
    )
    await entry.save()
    await keep_terms(int(entry.id), index.terms)
    made = [_course(int(entry.id), position, course) for position, course in enumerate(courses, start=1)]
    if made:
        await Course.insert(*made)
    await roster.begin(int(entry.id), form.teachers, as_of)
    return int(entry.id)


async def keep_terms(entry_id: int, terms: list[str]) -> None:
    """Store the index terms of an entry: hundreds, which the table's own way of saving is not made for."""
    await rows("UPDATE entry SET search_terms = {}::varchar[] WHERE id = {}", terms, entry_id)


async def _former_names(provider_id: int) -> list[str]:
    found = await rows("SELECT name FROM former_name WHERE provider = {} ORDER BY id", provider_id)
    return [str(one["name"]) for one in found]


def _course(entry_id: int, position: int, course: FormCourse) -> Course:
    return Course(
        entry=entry_id,
        position=position,
        title=course.title,
        category=course.category,
        grades=course.grades,
        class_size=course.class_size,
        price_cents=course.price_cents,
    )


async def listed_by_rule(as_of: date) -> list[int]:
    """The applications whose notice has passed on ``as_of`` and whose round's policy confirms listings by itself (R18)."""
    found = await rows(
        """
        SELECT a.id FROM application a JOIN round r ON r.id = a.round
        JOIN notice_item i ON i.application = a.id AND i.taken_off_on IS NULL JOIN notice n ON n.id = i.notice
        WHERE a.state = 'on_notice' AND r.policy ->> 'listing_confirmation' = {}
        GROUP BY a.id HAVING bool_and(n.passes_from IS NOT NULL) AND max(n.passes_from) <= {} ORDER BY a.id
        """,
        Confirmation.AUTOMATIC.value,
        as_of,
    )
    return [int(one["id"]) for one in found]


async def waiting_for_listing(bureau_ids: frozenset[int] | list[int], as_of: date) -> list[Waiting]:
    """The applications of some bureaux whose notice has passed on ``as_of``, the longest waiting first (R18).

    Those with an open objection are among them, with how many.
    """
    found: list[dict[str, Any]] = await rows(
        """
        SELECT a.id AS application_id, a.name, p.credit_code, a.categories, l.name AS list_name,
               r.title AS round_title, max(n.number) AS notice_number, max(n.passes_from) AS passes_from,
               r.cycle_ends_on,
               (SELECT count(*) FROM objection o JOIN notice_item k ON k.id = o.item
                 WHERE k.application = a.id AND o.state IN ('open', 'proposed')) AS open_objections
        FROM application a JOIN provider p ON p.id = a.provider JOIN round r ON r.id = a.round
        JOIN registry_list l ON l.id = r.list
        JOIN notice_item i ON i.application = a.id AND i.taken_off_on IS NULL JOIN notice n ON n.id = i.notice
        WHERE l.bureau = ANY({}) AND a.state = 'on_notice'
        GROUP BY a.id, p.id, l.id, r.id
        HAVING bool_and(n.passes_from IS NOT NULL) AND max(n.passes_from) <= {}
        ORDER BY passes_from, a.id LIMIT 500
        """,
        sorted(bureau_ids),
        as_of,
    )
    return [Waiting(**{**one, "categories": tuple(one["categories"])}) for one in found]
