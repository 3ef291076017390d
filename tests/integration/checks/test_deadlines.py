"""A deadline that moves has early applications vetted again for the new one (R10, R12)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.applications import commands as applications
from registry.checks import commands, deadlines, jobs, queries
from registry.kernel.db import row, rows
from registry.kernel.errors import RuleRefusal
from registry.kernel.sealed import seal_json, unseal_json
from registry.review import commands as review
from registry.rounds import commands as rounds
from registry.screening import jobs as screening_jobs
from tests.factories.applying import Applicant, pdf_bytes
from tests.integration.checks.handed_in import hand_in

pytestmark = pytest.mark.usefixtures("settings_env")


async def _vetted(path: Path) -> tuple[Applicant, int, date]:
    """An application in review, and a deadline later than the one it was vetted for."""
    me, application_id = await hand_in(path, pdf_bytes(2))
    await jobs.vet_application(application_id)
    await screening_jobs.screen_application(application_id)
    found = await row("SELECT deadline FROM round WHERE id = {}", me.desk.round_id)
    assert found is not None
    return me, application_id, date(found["deadline"].year, 12, 1)


async def _application(application_id: int) -> dict[str, Any]:
    found = await row("SELECT state, recommended_by FROM application WHERE id = {}", application_id)
    assert found is not None
    return found


async def _runs() -> list[tuple[str, str, date]]:
    found = await rows("SELECT state, cause, as_of FROM vetting_run ORDER BY id")
    return [(one["state"], one["cause"], one["as_of"]) for one in found]


async def _queued(task: str) -> int:
    found = await rows("SELECT count(*) AS n FROM procrastinate_jobs WHERE task_name = {}", task)
    return int(found[0]["n"])


async def _again(application_id: int) -> list[dict[str, Any]]:
    return await rows(
        "SELECT from_state, to_state, reason FROM event WHERE subject = 'application' AND subject_id = {}"
        " AND action = 'vet_again' AND chain LIKE 'bureau:%%' ORDER BY id",
        application_id,
    )


async def test_in_review_it_is_vetted_again_once_and_what_was_set_aside_stays_so(tmp_path: Path) -> None:
    me, application_id, later = await _vetted(tmp_path / "a.pdf")
    before = await queries.dossier(application_id)
    assert before.run is not None
    await commands.overrule(me.desk.reviewer, before.findings[0].id, "原件已核对")
    assert await _queued("checks.follow_deadlines") == 0
    await rounds.extend(me.desk.admin, me.desk.round_id, later, "系统维护")
    assert await _queued("checks.follow_deadlines") == 1
    waiting = await _queued("checks.vet")
    await jobs.follow_deadlines()
    assert await _queued("checks.vet") == waiting + 1
    assert (await _application(application_id))["state"] == "vetting"
    # The job comes a second time (it may): nothing more is queued.
    assert await deadlines.follow() == 0
    await jobs.vet_application(application_id)
    assert (await _application(application_id))["state"] == "in_review"
    assert await _runs() == [("done", "submission", before.run.as_of), ("done", "deadline", later)]
    after = await queries.dossier(application_id)
    assert [one.code for one in after.findings] == [one.code for one in before.findings]
    kept = [(one.code, one.overruled_reason) for one in after.findings if one.overruled_on is not None]
    assert kept == [(before.findings[0].code, "原件已核对")]
    (told,) = await _again(application_id)
    assert (told["from_state"], told["to_state"]) == ("in_review", "vetting")
    assert later.isoformat() in told["reason"]
    assert await deadlines.follow() == 0
    # A reviewer who asks for it has everything looked at again.
    await commands.vet_again(me.desk.reviewer, application_id, "再核一次")
    await jobs.vet_application(application_id)
    assert all(one.overruled_on is None for one in (await queries.dossier(application_id)).findings)


async def test_what_is_found_of_another_day_alone_is_the_same_finding(tmp_path: Path) -> None:
    me, application_id, later = await _vetted(tmp_path / "a.pdf")
    first, second, *_ = (await queries.dossier(application_id)).findings
    bodies = {}
    for one in (first, second):
        found = await row("SELECT body_sealed FROM finding WHERE id = {}", one.id)
        assert found is not None
        bodies[one.id] = unseal_json(found["body_sealed"], "finding.body")
    bodies[first.id]["params"]["as_of"] = "2022-06-22"
    bodies[second.id]["params"]["valid_until"] = "2022-06-01"
    for finding_id, body in bodies.items():
        await rows(
            "UPDATE finding SET body_sealed = {} WHERE id = {}", seal_json(body, "finding.body"), finding_id
        )
        await commands.overrule(me.desk.reviewer, finding_id, "误读")
    await rounds.extend(me.desk.admin, me.desk.round_id, later, "系统维护")
    await jobs.follow_deadlines()
    await jobs.vet_application(application_id)
    after = {one.code: one for one in (await queries.dossier(application_id)).findings}
    assert after[first.code].overruled_reason == "误读"
    assert after[second.code].overruled_on is None


async def test_with_the_approver_it_stays_there_and_waits_for_the_result(tmp_path: Path) -> None:
    me, application_id, later = await _vetted(tmp_path / "a.pdf")
    for one in (await queries.dossier(application_id)).findings:
        if one.severity == "block":
            await commands.overrule(me.desk.reviewer, one.id, "原件已核对")
    await review.recommend(me.desk.reviewer, application_id, "shortlist", "材料齐全")
    await rounds.extend(me.desk.admin, me.desk.round_id, later, "系统维护")
    assert await deadlines.follow() == 1
    assert await deadlines.follow() == 0
    assert (await _application(application_id))["state"] == "recommended"
    assert queries.being_vetted("recommended", await queries.latest_run(application_id))
    with pytest.raises(RuleRefusal) as early:
        await review.decide(me.desk.approver, application_id, "shortlist", "同意")
    assert early.value.code == "not_vetted"
    # The worker is killed on the way: the next one takes it up.
    assert await commands.begin(application_id, "engine") is not None
    await jobs.vet_application(application_id)
    assert [(state, cause) for state, cause, _ in await _runs()] == [
        ("done", "submission"), ("failed", "deadline"), ("done", "deadline"),
    ]  # fmt: skip
    assert await _application(application_id) == {
        "state": "recommended",
        "recommended_by": me.desk.reviewer.account_id,
    }
    assert [(one["from_state"], one["to_state"]) for one in await _again(application_id)] == [
        ("recommended", "recommended")
    ]
    await review.decide(me.desk.approver, application_id, "shortlist", "同意")
    assert (await _application(application_id))["state"] == "shortlisted"
    assert await deadlines.follow() == 0


async def test_what_is_decided_or_withdrawn_is_left_alone(tmp_path: Path) -> None:
    me, application_id, later = await _vetted(tmp_path / "a.pdf")
    await rounds.extend(me.desk.admin, me.desk.round_id, later, "系统维护")
    await deadlines.follow()
    await applications.withdraw(me.actor, application_id, "暂不申报")
    await jobs.vet_application(application_id)
    assert [state for state, *_ in await _runs()] == ["done", "failed"]
    assert (await _application(application_id))["state"] == "withdrawn"
    assert await deadlines.follow() == 0
