"""Entries, exit cases and objections in each of their states, and the commands that move them (R15-R19, R26, R27)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from registry.exits import appeals, deciding, overturning
from registry.exits.lifecycle import EXIT_CASE, ExitState
from registry.exits.reporting import Report, open_case, report
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.sealed import seal, seal_json
from registry.notices import objections
from registry.notices.lifecycle import OBJECTION, ObjectionState
from registry.policies.vocabulary import Ground
from registry.whitelist import commands as whitelist
from registry.whitelist.lifecycle import ENTRY, Cause, EntryState
from tests.factories.listed import START, Firm, account, credit_code, make_district
from tests.integration.lifecycles.cases import Case, Walk
from tests.integration.lifecycles.contracts import people_of, world
from tests.integration.races.meeting import copy

PROPOSER = 999_001


async def _other_entry(firm: Firm, entry: int, number: int, **changes: Any) -> int:
    provider = await copy("provider", firm.id, credit_code=credit_code(740_000 + number))
    return await copy(
        "entry", entry, provider=provider, certificate_number=f"W{number}", application=None, **changes
    )


async def _member(entries: list[int]) -> Actor:
    found = await rows("SELECT provider FROM entry WHERE id = ANY({})", entries)
    return await account("机构", *(Membership(Role.PROVIDER, provider_id=one["provider"]) for one in found))


async def entry_walk() -> Walk:
    """Entries; a suspended one has one cause, as the bureau's."""
    district, firm, first = await world()
    days: dict[str, dict[str, Any]] = {"withdrawn": {"withdrawn_on": START}, "removed": {"removed_on": START}}
    records = {
        state.value: await _other_entry(firm, first, n, state=state.value, **days.get(state.value, {}))
        for n, state in enumerate(EntryState)
    }
    people = {**await people_of(district, firm), Role.PROVIDER: await _member(list(records.values()))}
    causes = {Role.SYSTEM: Cause.REGISTRATION_LAPSED, Role.SCHOOL: Cause.TERMINATED_BY_SCHOOL}

    def suspends(actor: Actor, record: int) -> Awaitable[Any]:
        cause = next((causes[role] for role in actor.roles if role in causes), Cause.BUREAU)
        return whitelist.suspend(actor, record, cause=cause, reason="理由")

    def because(*held: Cause) -> Callable[[int], Awaitable[None]]:
        async def prepare(record: int) -> None:
            for cause in held:
                await rows(
                    "INSERT INTO suspension (entry, cause, reason, started_on)"
                    " SELECT id, {}, '', {}::date FROM entry WHERE id = {} AND state <> 'listed'",
                    cause.value, START, record,
                )  # fmt: skip

        return prepare

    def left(day: bool) -> Callable[[int], Awaitable[Any]]:
        return lambda record: rows(
            "UPDATE entry SET withdrawn_on = {}::date WHERE id = {} AND state = 'removed'",
            START if day else None,
            record,
        )

    def ends(actor: Actor, record: int) -> Awaitable[Any]:
        cause = Cause.REGISTRATION_LAPSED if actor.system else Cause.BUREAU
        return whitelist.reinstate(actor, record, cause=cause, reason="理由")

    def removes(actor: Actor, record: int) -> Awaitable[Any]:
        return whitelist.remove(actor, record, ground=Ground.SUBCONTRACTED, case_id=record, reason="理由")

    def restores(actor: Actor, record: int) -> Awaitable[Any]:
        return whitelist.restore(actor, record, case_id=record, reason="理由")

    both = because(Cause.BUREAU, Cause.REGISTRATION_LAPSED)
    people_only = tuple(role for role in Role if role is not Role.SYSTEM)
    cases = (
        Case("suspend", ("suspend", "suspend_further"), suspends, quiet=True),
        Case("end one of two causes", ("cure_one_cause",), ends, both, quiet=True),
        Case(
            "end the bureau's cause",
            ("reinstate",),
            ends,
            because(Cause.BUREAU),
            quiet=True,
            roles=people_only,
        ),
        Case(
            "end a lapse",
            ("reinstate",),
            ends,
            because(Cause.REGISTRATION_LAPSED),
            quiet=True,
            roles=(Role.SYSTEM,),
        ),
        Case("withdraw", ("withdraw",), lambda a, i: whitelist.withdraw(a, i, "理由")),
        Case("remove", ("remove",), removes),
        Case("restore", ("restore",), restores, left(False)),
        Case("restore as withdrawn", ("restore_withdrawn",), restores, left(True)),
    )
    return Walk(ENTRY, "entry", records, people, cases)


async def exit_walk() -> Walk:
    """Cases that the provider has answered; whoever proposed is somebody else."""
    district, firm, entry = await world()
    made = Report(Ground.SUBCONTRACTED, "转包", source="bureau")
    case = await open_case(district.reviewer, entry, made)
    await deciding.answer(firm.actor, case, "说明")
    records: dict[str, int] = {}
    entries = {}
    for number, state in enumerate(ExitState):
        its_entry = await _other_entry(firm, entry, 20 + number)
        decided = state.value in {"upheld", "dismissed", "overturning", "overturned"}
        records[state.value] = await copy(
            "exit_case", case, entry=its_entry, number=f"W{number}", state=state.value,
            proposed_by=None if state.value == "open" else PROPOSER,
            proposal=None if state.value == "open" else "uphold",
            decided_by=district.approver.account_id if decided else None,
            overturn_proposed_by=PROPOSER if state.value == "overturning" else None,
        )  # fmt: skip
        entries[records[state.value]] = its_entry
    people = {**await people_of(district, firm), Role.PROVIDER: await _member(list(entries.values()))}

    def proposed(verdict: str) -> Callable[[int], Awaitable[Any]]:
        return lambda i: rows(
            "UPDATE exit_case SET proposal = {} WHERE id = {} AND state = 'proposed'", verdict, i
        )

    async def upheld(record: int) -> None:
        """What was decided has its removal and ban, as a decision by command has."""
        state = (await rows("SELECT state FROM exit_case WHERE id = {}", record))[0]["state"]
        if state in {"upheld", "overturning"}:
            await rows("UPDATE exit_case SET state = 'proposed', decided_by = NULL WHERE id = {}", record)
            await deciding.decide(district.approver, record, "uphold", "属实")
            await rows("UPDATE exit_case SET state = {} WHERE id = {}", state, record)

    async def appealed(record: int) -> None:
        await rows(
            'INSERT INTO exit_appeal ("case", lodged_on, words_sealed, refused_reason, created_at)'
            " VALUES ({}, {}, {}, '', now())",
            record,
            START,
            seal("不服", "exit_appeal.words"),
        )

    async def joins(actor: Actor, record: int) -> None:
        found = await rows("SELECT state FROM exit_case WHERE id = {}", record)
        if found[0]["state"] not in {"open", "proposed"}:
            # A report about an entry without an open case opens another one: it does not touch this one.
            return
        if Role.SCHOOL in actor.roles:
            await report(
                actor, entries[record], Report(Ground.SUBCONTRACTED, "转包", school_id=district.school_id)
            )
        else:
            await open_case(actor, entries[record], made)

    cases = (
        Case("join", ("join_report",), joins, quiet=True),
        Case("answer", ("answer",), lambda a, i: deciding.answer(a, i, "说明")),
        Case(
            "propose",
            ("propose",),
            lambda a, i: deciding.propose(a, i, "uphold", Ground.SUBCONTRACTED, "属实"),
        ),
        Case("send back", ("send_back",), lambda a, i: deciding.send_back(a, i, "理由")),
        Case("uphold", ("uphold",), lambda a, i: deciding.decide(a, i, "uphold", "理由"), proposed("uphold")),
        Case(
            "dismiss",
            ("dismiss",),
            lambda a, i: deciding.decide(a, i, "dismiss", "理由"),
            proposed("dismiss"),
        ),
        Case("appeal", ("appeal",), lambda a, i: appeals.lodge(a, i, "不服")),
        Case("refuse an appeal", ("refuse_appeal",), lambda a, i: appeals.refuse(a, i, "理由"), appealed),
        Case("propose to overturn", ("propose_overturn",), lambda a, i: overturning.propose(a, i, "理由")),
        Case("send that back", ("send_overturn_back",), lambda a, i: overturning.send_back(a, i, "理由")),
        Case("overturn", ("overturn",), lambda a, i: overturning.overturn(a, i, "理由"), upheld),
    )
    return Walk(EXIT_CASE, "exit_case", records, people, cases)


async def objection_walk() -> Walk:
    """Objections to somebody on notice, proposed by somebody else."""
    district = await make_district()
    firm = await district.firm()
    application = await district.on_notice(firm)
    item = (await rows("SELECT id FROM notice_item WHERE application = {}", application))[0]["id"]
    records = {}
    for number, state in enumerate(ObjectionState):
        ruled = state.value in {"upheld", "dismissed"}
        records[state.value] = (
            await rows(
                "INSERT INTO objection (item, receipt_number, receipt_secret_hash, kind, identity_sealed, facts_sealed,"
                " state, filed_on, filed_at, answer_sealed, proposed_by, proposal, ruled_by, ruling_reason) VALUES ({}, {}, '',"
                " 'person', {}, {}, {}, {}, now(), {}, {}::int, {}::varchar, {}::int, '') RETURNING id",
                item,
                f"W{number}",
                # Without a name or a way to reach its author: one that may be refused.
                seal_json({"name": "", "contact": ""}, "objection.identity"),
                seal("教师证书存疑", "objection.facts"),
                state.value,
                START,
                seal("答复", "objection.answer"),
                PROPOSER if ruled or state.value == "proposed" else None,
                "dismiss" if ruled or state.value == "proposed" else None,
                PROPOSER + 1 if ruled else None,
            )
        )[0]["id"]

    def proposed(ruling: str) -> Callable[[int], Awaitable[Any]]:
        return lambda i: rows(
            "UPDATE objection SET proposal = {} WHERE id = {} AND state = 'proposed'", ruling, i
        )

    cases = (
        Case(
            "refuse admission", ("refuse_admission",), lambda a, i: objections.refuse_admission(a, i, "理由")
        ),
        Case("propose", ("propose_ruling",), lambda a, i: objections.propose(a, i, "dismiss", "理由")),
        Case("send back", ("send_back",), lambda a, i: objections.send_back(a, i, "理由")),
        Case(
            "uphold", ("uphold",), lambda a, i: objections.decide(a, i, "uphold", "理由"), proposed("uphold")
        ),
        Case(
            "dismiss",
            ("dismiss",),
            lambda a, i: objections.decide(a, i, "dismiss", "理由"),
            proposed("dismiss"),
        ),
    )
    return Walk(OBJECTION, "objection", records, await people_of(district, firm), cases)
