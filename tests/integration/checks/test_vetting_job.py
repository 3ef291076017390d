"""The vetting job on real files: begin, finish, fail, withdrawn meanwhile, killed and run again (R9, R12)."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.applications import commands as applications
from registry.checks import cache, commands, jobs, queries
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, Forbidden, NotFound
from registry.screening import jobs as screening_jobs
from registry.screening import queries as screening
from tests.factories.applying import pdf_bytes
from tests.integration.checks.handed_in import hand_in

pytestmark = pytest.mark.usefixtures("settings_env")


async def _state(application_id: int) -> str:
    found = await row("SELECT state FROM application WHERE id = {}", application_id)
    assert found is not None
    return str(found["state"])


async def _runs() -> list[str]:
    return [one["state"] for one in await rows("SELECT state FROM vetting_run ORDER BY id")]


async def _queued(task: str) -> int:
    found = await rows("SELECT count(*) AS n FROM procrastinate_jobs WHERE task_name = {}", task)
    return int(found[0]["n"])


async def test_a_submission_is_vetted_handed_to_review_and_screened(tmp_path: Path) -> None:
    me, application_id = await hand_in(tmp_path / "a.pdf", pdf_bytes(2))
    await jobs.vet_application(application_id)
    assert await _state(application_id) == "in_review"
    found = await queries.dossier(application_id)
    assert found.vetted
    assert found.run is not None
    assert (found.run.state, found.run.pages_done, found.run.pages_total) == ("done", 2, 2)
    codes = {one.code for one in found.findings}
    # Two empty pages: everything that was asked for is missing.
    assert any(code.startswith("missing_document") for code in codes)
    assert (await queries.counts([application_id]))[application_id]["block"] == found.open_blocks() > 0
    assert await _queued("screening.screen_application") == 1
    assert await screening.latest_of_application(application_id) is None
    await screening_jobs.screen_application(application_id)
    assert await screening.latest_of_application(application_id) is not None
    # The job comes a second time (it may): nothing is left to do.
    await jobs.vet_application(application_id)
    assert await _runs() == ["done"]
    findings = str(await rows("SELECT data FROM event WHERE subject = 'application'"))
    assert me.facts.legal_representative_id not in findings


async def test_what_was_read_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me, application_id = await hand_in(tmp_path / "a.pdf", pdf_bytes(2))
    await jobs.vet_application(application_id)
    kept = await rows("SELECT file_sha256, engine FROM page_reading_cache")
    assert len(kept) == 1
    first = await queries.dossier(application_id)
    with pytest.raises(NotFound):
        await commands.vet_again(me.actor, application_id, "再核一次")
    with pytest.raises(Forbidden):
        await commands.vet_again(me.desk.approver, application_id, "再核一次")
    await commands.vet_again(me.desk.reviewer, application_id, "再核一次")
    known: list[bool] = []
    ask = cache.Readings.get

    def asked(self: cache.Readings, sha256: str, engine: str) -> str | None:
        answer = ask(self, sha256, engine)
        known.append(answer is not None)
        return answer

    monkeypatch.setattr(cache.Readings, "get", asked)
    await jobs.vet_application(application_id)
    assert known
    assert all(known)
    assert await _runs() == ["done", "done"]
    second = await queries.dossier(application_id)
    assert [(f.code, f.severity) for f in second.findings] == [(f.code, f.severity) for f in first.findings]
    # Readings quote documents: they are sealed.
    raw = await rows("SELECT readings_sealed FROM page_reading_cache")
    assert b"page" not in bytes(raw[0]["readings_sealed"])


async def test_what_cannot_be_opened_goes_to_review_as_not_vetted_and_is_screened(tmp_path: Path) -> None:
    _, application_id = await hand_in(tmp_path / "a.pdf", b"%PDF-1.7 this is no pdf")
    await jobs.vet_application(application_id)
    assert await _state(application_id) == "in_review"
    found = await queries.dossier(application_id)
    assert not found.vetted
    assert found.run is not None
    assert (found.run.state, found.findings) == ("failed", ())
    assert found.run.failure
    assert await _queued("screening.screen_application") == 1


async def test_a_worker_that_died_leaves_a_run_that_the_next_one_closes(tmp_path: Path) -> None:
    _, application_id = await hand_in(tmp_path / "a.pdf", pdf_bytes(1))
    died = await commands.begin(application_id, "engine")
    assert died is not None
    assert await _state(application_id) == "vetting"
    await jobs.vet_application(application_id)
    assert await _runs() == ["failed", "done"]
    assert await _state(application_id) == "in_review"
    # The one that was thought dead comes back: too late to say anything.
    with pytest.raises(Conflict):
        await commands.fail(died, "核验程序出错，需人工审查")


async def test_a_withdrawal_meanwhile_is_respected(tmp_path: Path) -> None:
    me, application_id = await hand_in(tmp_path / "a.pdf", pdf_bytes(1))
    run = await commands.begin(application_id, "engine")
    assert run is not None
    await applications.withdraw(me.actor, application_id, "暂不申报")
    await commands.fail(run, "核验程序出错，需人工审查")
    assert await _state(application_id) == "withdrawn"
    await jobs.vet_application(application_id)
    assert await _runs() == ["failed"]
    assert await _state(application_id) == "withdrawn"
