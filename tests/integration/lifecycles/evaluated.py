"""Evaluations and complaints in each of their states, and the commands that move them (R25)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from registry.evaluations import scoring, sweep
from registry.evaluations.complaints import filing, handling
from registry.evaluations.complaints.filing import ComplaintInput
from registry.evaluations.lifecycle import COMPLAINT, EVALUATION, ComplaintState, EvaluationState, Topic
from registry.evaluations.scoring import Scoring
from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.kernel.sealed import seal_json
from tests.factories.listed import START, set_day
from tests.integration.lifecycles.cases import Case, Walk
from tests.integration.lifecycles.contracts import people_of, world
from tests.integration.races.meeting import copy

_SCORING_OPENS = date(2023, 1, 17)
_GOOD = Scoring(5, 4, 5, 92, 40, "课堂有序")


async def evaluation_walk() -> Walk:
    """One term of a contract for each state: a contract has one live evaluation of a term."""
    district, firm, entry = await world()
    made = [await district.signed(firm, entry) for _ in EvaluationState]
    await set_day(_SCORING_OPENS)
    await sweep.sweep(_SCORING_OPENS)
    records = {}
    for state, contract in zip(EvaluationState, made, strict=True):
        evaluation = (await rows("SELECT id FROM evaluation WHERE contract = {}", contract))[0]["id"]
        if state.value in {"submitted", "answered", "void"}:
            await scoring.submit(district.school, evaluation, _GOOD)
        if state.value == "answered":
            await scoring.answer(firm.actor, evaluation, "说明")
        if state.value == "waived":
            await scoring.waive(district.approver, evaluation, "理由")
        if state.value == "void":
            await scoring.set_aside(district.approver, evaluation, "理由")
        records[state.value] = evaluation
    cases = (
        Case("submit", ("submit",), lambda a, i: scoring.submit(a, i, _GOOD)),
        Case("revise", ("revise",), lambda a, i: scoring.revise(a, i, _GOOD)),
        Case("answer", ("answer",), lambda a, i: scoring.answer(a, i, "说明")),
        Case("waive", ("waive",), lambda a, i: scoring.waive(a, i, "理由")),
        Case("set aside", ("set_aside",), lambda a, i: scoring.set_aside(a, i, "理由")),
    )
    return Walk(EVALUATION, "evaluation", records, await people_of(district, firm), cases)


async def complaint_walk() -> Walk:
    """Complaints; of those that are taken up some were put to the provider."""
    district, firm, entry = await world()
    given = ComplaintInput(
        "person", "某人", "19900007777", Topic.SAFETY, "上课老师没有到校，孩子无人看管半小时。"
    )
    filed = (await filing.file(Actor.public(), entry, given)).complaint_id
    heard = [{"asked_on": START.isoformat(), "question": "请说明"}]
    taken = {"accepted_on": START, "close_until": START + timedelta(days=60)}
    put = {**taken, "answer_until": START + timedelta(days=10)}
    over = {"closed_on": START, "closed_by": district.approver.account_id}
    closed = {**taken, **over}
    values: dict[str, dict[str, Any]] = {
        "accepted": taken, "asked": put, "answered": put, "refused": over, "founded": closed,
        "unfounded": closed,
    }  # fmt: skip
    records = {}
    for number, state in enumerate(ComplaintState):
        record = await copy(
            "complaint", filed, receipt_number=f"W{number}", receipt_secret_hash=f"w{number}", state=state.value,
            **values.get(state.value, {}),
        )  # fmt: skip
        if state.value in {"asked", "answered", "founded"}:
            await rows(
                "UPDATE complaint SET hearing_sealed = {} WHERE id = {}",
                seal_json(heard, "complaint.hearing"),
                record,
            )
        records[state.value] = record

    async def silent(record: int) -> None:
        # The provider was asked and let its time pass.
        await rows(
            "UPDATE complaint SET hearing_sealed = {}, answer_until = {} WHERE id = {} AND state IN ('accepted', 'asked')",
            seal_json(heard, "complaint.hearing"),
            START - timedelta(days=1),
            record,
        )

    cases = (
        Case("accept", ("accept",), handling.accept),
        Case("refuse", ("refuse",), lambda a, i: handling.refuse(a, i, "不属本局职责")),
        Case("ask", ("ask",), lambda a, i: handling.ask(a, i, "请说明")),
        Case("answer", ("answer",), lambda a, i: handling.answer(a, i, "已补岗")),
        Case("reply", ("reply",), lambda a, i: handling.reply(a, i, "正在核实")),
        Case("find true", ("find_true",), lambda a, i: handling.close(a, i, "find_true", "属实"), silent),
        Case("find untrue", ("find_untrue",), lambda a, i: handling.close(a, i, "find_untrue", "不属实")),
    )
    return Walk(COMPLAINT, "complaint", records, await people_of(district, firm), cases)
