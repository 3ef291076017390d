"""Evaluations (R25): asked for by term, scored once, answered, public from three terms on, never a removal by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from registry.entrypoints.sweep import catch_up
from registry.evaluations import queries, ratings, records, scoring, sweep
from registry.evaluations.scoring import Scoring
from registry.exits.reporting import Report, open_case, terminate_contract
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.policies.vocabulary import Ground
from registry.whitelist import queries as whitelist
from tests.factories.listed import District, Firm, account, make_district, set_day

OPENS = date(2023, 1, 17)
DUE = date(2023, 3, 2)
GOOD = Scoring(5, 4, 5, 92, 40, "课堂有序，孩子喜欢")
LOW = Scoring(3, 3, 2, 71, 50, "三次无故停课")


async def _world() -> tuple[District, Firm, int, int]:
    """A district, a listed firm, its entry and a contract from September 2022 to August 2023."""
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    return district, firm, entry, await district.signed(firm, entry)


async def _asked(day: date = OPENS) -> int:
    await set_day(day)
    await sweep.sweep(day)
    found = await row("SELECT id FROM evaluation ORDER BY id DESC LIMIT 1")
    assert found is not None
    return int(found["id"])


async def _keys(like: str) -> list[str]:
    return sorted(
        {one["key"] for one in await rows("SELECT key FROM notification WHERE key LIKE {}", f"{like}%")}
    )


async def _personal_words_in_events(*words: str) -> list[dict[str, Any]]:
    return [
        one
        for one in await rows("SELECT reason, data::text AS data FROM event")
        if any(word in one["reason"] + one["data"] for word in words)
    ]


async def test_a_term_is_asked_for_once_however_often_and_late_the_sweep_comes() -> None:
    await _world()
    await set_day(OPENS - timedelta(days=1))
    assert (await sweep.sweep(OPENS - timedelta(days=1)))["asked"] == 0
    evaluation = await _asked()
    assert (await sweep.sweep(OPENS))["asked"] == 0
    found = await records.load(evaluation)
    assert (found.school_year, found.term_number, found.due_on, found.state) == (2022, 1, DUE, "due")
    # A stop until April: the first term was missed and is asked for, the second is not open yet.
    await rows("DELETE FROM evaluation")
    assert (await sweep.sweep(date(2023, 4, 10)))["asked"] == 1


async def test_reminders_come_once_each_and_a_late_sweep_sends_the_most_urgent_alone() -> None:
    district, *_ = await _world()
    await _asked()
    for _ in range(2):
        for day in (OPENS, date(2023, 2, 16), date(2023, 2, 17), date(2023, 3, 1)):
            await sweep.sweep(day)
    assert await _keys("evaluation-due") == [
        f"evaluation-due-{district.school_id}-2023-03-02-{what}" for what in ("14", "3", "open")
    ]
    await sweep.sweep(date(2023, 3, 3))
    await sweep.sweep(date(2023, 3, 4))
    told = await rows("SELECT account_id FROM notification WHERE key LIKE 'evaluation-overdue-%'")
    assert {one["account_id"] for one in told} == {
        district.reviewer.account_id, district.approver.account_id, district.second_approver.account_id,
    }  # fmt: skip
    assert await queries.owed([district.school_id], date(2023, 3, 3)) == queries.Owed(1, 1)


async def test_the_daily_sweep_catches_up_a_stop_of_weeks() -> None:
    await _world()
    await set_day(date(2023, 1, 10))
    await catch_up()
    await set_day(date(2023, 2, 20))
    await catch_up()
    assert len(await rows("SELECT id FROM evaluation")) == 1
    keys = await _keys("evaluation-due")
    assert len(keys) == 1, "what was missed is told once, in words that are true today"
    assert keys[0].endswith("-14")


async def test_scored_once_by_the_contracts_own_school() -> None:
    district, firm, _, _ = await _world()
    evaluation = await _asked()
    for stranger in (district.township, firm.actor, district.reviewer):
        with pytest.raises(NotFound):
            await scoring.submit(stranger, evaluation, GOOD)
    await scoring.submit(district.school, evaluation, GOOD)
    with pytest.raises(Conflict):
        await scoring.submit(district.school, evaluation, GOOD)
    found = await records.load(evaluation)
    assert found.scores is not None
    assert found.words == GOOD.words
    assert found.scores.overall == pytest.approx(14 / 3)
    assert await _personal_words_in_events(GOOD.words) == []
    assert await _keys(f"evaluation-submit-{evaluation}") != []


async def test_not_before_it_opens() -> None:
    district, *_ = await _world()
    evaluation = await _asked()
    await set_day(OPENS - timedelta(days=1))
    with pytest.raises(RuleRefusal) as refused:
        await scoring.submit(district.school, evaluation, GOOD)
    assert (refused.value.rule, refused.value.code) == ("R25", "not_open_yet")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Scoring(0, 4, 4, 90, 5, ""), "quality"),
        (Scoring(4, 6, 4, 90, 5, ""), "safety"),
        (Scoring(4, 4, 4, 101, 5, ""), "satisfaction"),
        (Scoring(4, 4, 4, None, 5, ""), "satisfaction"),
        (Scoring(4, 4, 4, 90, 0, ""), "satisfaction"),
        (Scoring(4, 4, 4, 90, -1, ""), "answers"),
        (Scoring(4, 4, 2, 90, 5, " "), "words"),
        (Scoring(4, 4, 4, 90, 5, "长" * 1001), "words"),
    ],
)
async def test_scores_are_judged_field_by_field(given: Scoring, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await scoring.submit(Actor(1, "学校", (Membership(Role.SCHOOL, school_id=1),)), 1, given)
    assert [one.field for one in refused.value.fields] == [field]


async def test_the_school_may_correct_until_somebody_answered_or_it_is_public() -> None:
    district, firm, _, _ = await _world()
    evaluation = await _asked()
    await scoring.submit(district.school, evaluation, GOOD)
    first = await records.load(evaluation)
    assert first.answer_until == date(2023, 1, 29), "the Sunday after the Spring Festival is a make-up day"
    await set_day(date(2023, 1, 18))
    await scoring.revise(district.school, evaluation, LOW)
    again = await records.load(evaluation)
    assert again.answer_until is not None
    assert again.answer_until > first.answer_until, "the provider's time begins anew"
    await set_day(again.answer_until + timedelta(days=1))
    with pytest.raises(RuleRefusal) as late:
        await scoring.revise(district.school, evaluation, GOOD)
    assert late.value.code == "public_already"
    with pytest.raises(RuleRefusal) as over:
        await scoring.answer(firm.actor, evaluation, "说明")
    assert over.value.code == "answer_late"


async def test_the_provider_sees_it_once_it_is_scored_and_answers_once() -> None:
    district, firm, _, _ = await _world()
    other = await district.firm("南宁市西乡塘区另一机构", representative=5)
    evaluation = await _asked()
    with pytest.raises(NotFound):
        await queries.get_evaluation(firm.actor, evaluation)
    with pytest.raises(NotFound):
        await scoring.answer(firm.actor, evaluation, "还没评价")
    await scoring.submit(district.school, evaluation, LOW)
    assert (await queries.get_evaluation(firm.actor, evaluation)).words == LOW.words
    for stranger in (other.actor, district.township):
        with pytest.raises(NotFound):
            await queries.get_evaluation(stranger, evaluation)
    with pytest.raises(NotFound):
        await scoring.answer(other.actor, evaluation, "不是我的")
    with pytest.raises(Invalid):
        await scoring.answer(firm.actor, evaluation, " ")
    await scoring.answer(firm.actor, evaluation, "停课因教师住院，已补课")
    with pytest.raises(Conflict):
        await scoring.answer(firm.actor, evaluation, "再说一遍")
    with pytest.raises(Conflict):
        await scoring.revise(district.school, evaluation, GOOD)
    assert await _personal_words_in_events("教师住院") == []


async def test_low_satisfaction_asks_for_a_look_and_never_acts_by_itself() -> None:
    district, firm, entry, _ = await _world()
    evaluation = await _asked()
    await scoring.submit(district.school, evaluation, LOW)
    told = await rows(
        "SELECT subject, link FROM notification WHERE account_id = {}", district.reviewer.account_id
    )
    assert f"/bureau/evaluations/{evaluation}" in {one["link"] for one in told}
    await sweep.sweep(OPENS)
    assert (await whitelist.get_entry(entry, OPENS)).active
    assert await rows("SELECT id FROM exit_case") == []
    found = await queries.of_bureaux([district.bureau_id], as_of=OPENS, state="low")
    assert [one.id for one in found.evaluations] == [evaluation]
    made = Report(Ground.POOR_QUALITY, "家长满意度为 71%", source="evaluation", evaluation_id=evaluation)
    with pytest.raises(RuleRefusal) as unknown:
        await open_case(district.reviewer, entry, made)
    assert unknown.value.rule == "R26", "not a ground of this policy"
    made = Report(
        Ground.SERVICE_NOT_AS_PROMISED, "家长满意度为 71%", source="evaluation", evaluation_id=evaluation
    )
    await open_case(district.reviewer, entry, made)
    with pytest.raises(Conflict):
        await open_case(district.approver, entry, made)
    assert firm.id


async def test_a_good_evaluation_and_anothers_open_no_case() -> None:
    district, _, entry, _ = await _world()
    evaluation = await _asked()
    ground = Ground.SERVICE_NOT_AS_PROMISED
    await scoring.submit(district.school, evaluation, GOOD)
    with pytest.raises(RuleRefusal) as refused:
        await open_case(
            district.reviewer, entry, Report(ground, "很好", source="evaluation", evaluation_id=evaluation)
        )
    assert refused.value.code == "not_below_threshold"
    second = await district.listed(await district.firm("另一机构", representative=9))
    with pytest.raises(NotFound):
        await open_case(
            district.reviewer, second, Report(ground, "错了", source="evaluation", evaluation_id=evaluation)
        )


async def _score_terms(district: District, contract: int, firm: Firm, days: list[date]) -> Iterator[int]:
    made = []
    for day in days:
        evaluation = await _asked(day)
        await scoring.submit(district.school, evaluation, GOOD)
        await scoring.answer(firm.actor, evaluation, "谢谢")
        made.append(evaluation)
    return iter(made)


async def test_averages_are_public_from_the_third_scored_term_on_and_as_of_any_day() -> None:
    district, firm, entry, _ = await _world()
    contract = await district.signed(firm, entry, starts_on=date(2022, 9, 1), ends_on=date(2024, 8, 31))
    await rows("UPDATE contract SET state = 'cancelled', scan = NULL WHERE id <> {}", contract)
    days = [OPENS, date(2023, 7, 1), date(2024, 1, 17)]
    evaluations = list(await _score_terms(district, contract, firm, days))
    assert len(set(evaluations)) == 3
    second, third = days[1], days[2]
    assert await ratings.rating(entry, second) is None
    assert await ratings.scored_terms(entry, second) == (2, 3)
    rating = await ratings.rating(entry, third)
    assert rating is not None
    assert (len(rating.terms), rating.overall.evaluations, rating.overall.satisfaction) == (3, 3, 92.0)
    kept = await row("SELECT terms, overall, satisfaction FROM entry_rating WHERE entry = {}", entry)
    assert kept == {"terms": 3, "overall": 467, "satisfaction": 9200}
    assert await ratings.rating(entry, third - timedelta(days=1)) is None, "as it was the day before"
    # Set aside: what was shown stays answerable, from now on it does not count.
    later = date(2024, 1, 22)
    await set_day(later)
    await scoring.set_aside(district.approver, evaluations[0], "查实为机构人员代填")
    assert await ratings.rating(entry, later) is None
    assert await ratings.rating(entry, third) is not None
    assert await rows("SELECT id FROM entry_rating") == []


async def test_unanswered_scores_count_when_the_providers_time_is_over() -> None:
    district, _, entry, _ = await _world()
    evaluation = await _asked()
    await scoring.submit(district.school, evaluation, GOOD)
    until = (await records.load(evaluation)).answer_until
    assert until is not None
    assert (await ratings.scored_terms(entry, until))[0] == 0
    assert (await ratings.scored_terms(entry, until + timedelta(days=1)))[0] == 1


async def test_only_an_approver_of_the_bureau_sets_aside_or_waives() -> None:
    district, _, _, _ = await _world()
    evaluation = await _asked()
    with pytest.raises(Forbidden):
        await scoring.waive(district.reviewer, evaluation, "未开课")
    stranger = Actor(9, "外地", (Membership(Role.APPROVER, bureau_id=district.bureau_id + 1000),))
    with pytest.raises(NotFound):
        await scoring.waive(stranger, evaluation, "未开课")
    both = await account(
        "兼任",
        Membership(Role.APPROVER, bureau_id=district.bureau_id),
        Membership(Role.SCHOOL, school_id=district.school_id),
    )
    with pytest.raises(RuleRefusal) as own:
        await scoring.waive(both, evaluation, "未开课")
    assert own.value.rule == "R13"
    with pytest.raises(Invalid):
        await scoring.waive(district.approver, evaluation, "")
    await scoring.waive(district.approver, evaluation, "因场地改造未开课")
    with pytest.raises(Conflict):
        await scoring.waive(district.approver, evaluation, "再来一次")
    with pytest.raises(Conflict):
        await scoring.submit(district.school, evaluation, GOOD)
    assert (await sweep.sweep(OPENS))["asked"] == 0, "what was waived is not asked for again"


async def test_what_was_set_aside_is_asked_for_again() -> None:
    district, _, _, _ = await _world()
    evaluation = await _asked()
    with pytest.raises(Conflict):
        await scoring.set_aside(district.approver, evaluation, "还没有评价")
    await scoring.submit(district.school, evaluation, GOOD)
    await scoring.set_aside(district.approver, evaluation, "填错合同")
    assert await _asked() != evaluation
    assert len(await rows("SELECT id FROM evaluation WHERE state = 'due'")) == 1


async def test_a_terminated_contract_is_scored_for_what_it_served() -> None:
    district, _, _, contract = await _world()
    await set_day(date(2022, 11, 10))
    await terminate_contract(district.school, contract, ground=None, reason="双方协商一致")
    await sweep.sweep(date(2022, 11, 10))
    found = await row("SELECT served_until, due_on FROM evaluation")
    assert found == {"served_until": date(2022, 11, 10), "due_on": date(2022, 12, 10)}


async def test_the_database_refuses_what_can_never_be() -> None:
    await _world()
    evaluation = await _asked()
    for wrong in (
        "UPDATE evaluation SET state = 'submitted'",
        "UPDATE evaluation SET quality = 6",
        "UPDATE evaluation SET satisfaction = 101",
        "UPDATE evaluation SET served_until = term_ends_on + 1",
        "UPDATE evaluation SET state = 'void'",
    ):
        with pytest.raises(Exception, match="violates"):
            await rows(f"{wrong} WHERE id = {{}}", evaluation)
