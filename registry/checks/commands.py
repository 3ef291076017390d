"""Runs of the vetting engine, and what people make of their findings (R9, R12)."""

from __future__ import annotations

import json
from typing import Any

from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.checks.submission import FileOfRun, finding_body, result_json
from registry.checks.tables import FindingRow, VettingRun
from registry.kernel import events, jobs
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.sealed import seal_json, unseal_json
from vetting.model import VettingResult

_SYSTEM = Actor.for_system("材料核验")

# Why a run was made, as ``vetting_run.cause`` keeps it.
SUBMISSION = "submission"
DEADLINE = "deadline"


async def begin(application_id: int, engine: str) -> int | None:
    """Start a run of an application; returns its id, None where there is nothing to vet any more.

    An application is vetted when it was handed in, when a reviewer asked for it, and when a run is queued for it
    (``deadlines.follow``), which is taken up. A run that a stopped worker left behind is closed as failed first: the job
    runs again.
    """
    async with transaction():
        found = await _lock(application_id)
        waiting = await row(
            "SELECT id, state, cause FROM vetting_run WHERE application = {} AND state IN ('queued', 'running')"
            " ORDER BY id DESC LIMIT 1",
            application_id,
        )
        if found["state"] == "submitted":
            waiting = None
            await move(
                APPLICATION, Application, application_id, "start_vetting", _SYSTEM, chains=_chains(found)
            )
        elif found["state"] != "vetting" and (waiting is None or found["state"] == "withdrawn"):
            await _close(application_id, "申报已撤回")
            return None
        queued = waiting is not None and waiting["state"] == "queued"
        run_id = int(waiting["id"]) if waiting is not None and queued else 0
        await _close(application_id, "核验中断", kept=run_id)
        if not queued:
            run = VettingRun(
                application=application_id,
                state="running",
                cause=waiting["cause"] if waiting is not None else SUBMISSION,
                engine=engine,
                as_of=found["deadline"],
                queued_at=real_now(),
                started_at=real_now(),
            )
            await run.save()
            run_id = int(run.id)
        else:
            await rows(
                "UPDATE vetting_run SET state = 'running', engine = {}, as_of = {}, started_at = {} WHERE id = {}",
                engine,
                found["deadline"],
                real_now(),
                run_id,
            )
    # mypy holds that a transaction may swallow an error, so the value is returned after it.
    return run_id


async def _close(application_id: int, failure: str, *, kept: int = 0) -> None:
    """Close as failed what waits or runs for an application, but for the run ``kept``."""
    await rows(
        "UPDATE vetting_run SET state = 'failed', failure = {}, finished_at = {}"
        " WHERE application = {} AND state IN ('queued', 'running') AND id <> {}",
        failure,
        real_now(),
        application_id,
        kept,
    )


async def report_progress(run_id: int, done: int, total: int) -> None:
    """Write how many pages of how many are read; shown while people wait."""
    await rows(
        "UPDATE vetting_run SET pages_done = {}, pages_total = {} WHERE id = {} AND state = 'running'",
        done,
        total,
        run_id,
    )


async def finish(run_id: int, result: VettingResult, files: tuple[FileOfRun, ...]) -> None:
    """Store a result and hand the application to review; the provider's withdrawal meanwhile is respected."""
    async with transaction():
        run = await _lock_run(run_id)
        body = result_json(result, files, run["as_of"])
        await rows(
            "UPDATE vetting_run SET state = 'done', engine = {}, pages_done = {}, pages_total = {}, finished_at = {},"
            " result_sealed = {} WHERE id = {}",
            result.engine,
            len(result.pages),
            len(result.pages),
            real_now(),
            seal_json(body, "vetting_run.result"),
            run_id,
        )
        if result.findings:
            await FindingRow.insert(
                *[
                    FindingRow(
                        run=run_id,
                        application=run["application"],
                        position=n,
                        code=f.code,
                        severity=str(f.severity),
                        rule=f.rule,
                        body_sealed=seal_json(finding_body(f), "finding.body"),
                    )
                    for n, f in enumerate(result.findings, 1)
                ]
            )
        kept = await _keep_overruled(run, body["files"]) if run["cause"] == DEADLINE else 0
        data = {"run": run_id, "findings": len(result.findings), "engine": result.engine}
        await _to_review(run, {**data, "kept_overruled": kept} if kept else data)


async def fail(run_id: int, failure: str) -> None:
    """A run that could not be done goes to review as "not vetted", never as clean (R9)."""
    async with transaction():
        run = await _lock_run(run_id)
        await rows(
            "UPDATE vetting_run SET state = 'failed', failure = {}, finished_at = {} WHERE id = {}",
            failure[:2000],
            real_now(),
            run_id,
        )
        await _to_review(run, {"run": run_id, "failed": True})


async def vet_again(actor: Actor, application_id: int, reason: str) -> None:
    """A reviewer has an application in review vetted anew."""
    async with transaction():
        found = await _lock(application_id)
        _require_official(actor, found, Role.REVIEWER)
        await move(
            APPLICATION,
            Application,
            application_id,
            "vet_again",
            actor,
            chains=_chains(found),
            reason=reason.strip(),
        )
        await jobs.defer(
            "checks.vet", queue="vetting", lock=f"vet:{application_id}", application_id=application_id
        )


async def overrule(actor: Actor, finding_id: int, reason: str) -> None:
    """Set a finding aside with a reason that is kept (R9); undone with ``uphold``.

    Raises Invalid without a reason, Conflict where it is overruled already or its run is superseded.
    """
    text = reason.strip()
    if not text:
        raise Invalid(fields=[FieldError("reason", "请写明排除这项发现的理由")])
    async with transaction():
        found = await _lock_finding(actor, finding_id)
        if found["overruled_by"] is not None:
            raise Conflict("这项发现已被排除。请刷新页面查看最新情况")
        await rows(
            "UPDATE finding SET overruled_by = {}, overruled_on = {}, overruled_reason = {} WHERE id = {}",
            actor.account_id,
            await today(),
            text,
            finding_id,
        )
        await events.record(
            actor,
            subject="finding",
            subject_id=finding_id,
            action="overrule",
            chains=_chains(found),
            reason=text,
            data={"application": found["application"], "code": found["code"]},
        )


async def uphold(actor: Actor, finding_id: int) -> None:
    """Take an overruling back: the finding counts again."""
    async with transaction():
        found = await _lock_finding(actor, finding_id)
        if found["overruled_by"] is None:
            raise Conflict("这项发现没有被排除")
        await rows(
            "UPDATE finding SET overruled_by = NULL, overruled_on = NULL, overruled_reason = '' WHERE id = {}",
            finding_id,
        )
        await events.record(
            actor,
            subject="finding",
            subject_id=finding_id,
            action="uphold",
            chains=_chains(found),
            data={"application": found["application"], "code": found["code"]},
        )


async def _keep_overruled(run: dict[str, Any], files: list[dict[str, Any]]) -> int:
    """What people set aside stays set aside where a run for another deadline finds it again in the same files (R9, R12).

    The same finding: same code, severity, params and place, whatever day it is judged on. Returns how many were kept.
    """
    before = await row(
        "SELECT id, result_sealed FROM vetting_run WHERE application = {} AND state = 'done' AND id < {}"
        " ORDER BY id DESC LIMIT 1",
        run["application"],
        run["id"],
    )
    if before is None or unseal_json(before["result_sealed"], "vetting_run.result").get("files") != files:
        return 0
    found = await rows(
        "SELECT id, run, code, severity, body_sealed, overruled_by, overruled_on, overruled_reason FROM finding"
        " WHERE run = {} OR (run = {} AND overruled_by IS NOT NULL) ORDER BY position, id",
        run["id"],
        before["id"],
    )
    overruled = {_likeness(one): one for one in found if one["run"] == before["id"]}
    kept = 0
    for one in found:
        decided = overruled.get(_likeness(one)) if one["run"] == run["id"] else None
        if decided is not None:
            await rows(
                "UPDATE finding SET overruled_by = {}, overruled_on = {}, overruled_reason = {} WHERE id = {}",
                decided["overruled_by"],
                decided["overruled_on"],
                decided["overruled_reason"],
                one["id"],
            )
            kept += 1
    return kept


def _likeness(finding: dict[str, Any]) -> str:
    """What two findings of the same fact have in common when they are judged on different days."""
    body = unseal_json(finding["body_sealed"], "finding.body")
    params = {name: value for name, value in body["params"].items() if name != "as_of"}
    return json.dumps(
        [finding["code"], finding["severity"], params, body["evidence"]], ensure_ascii=False, sort_keys=True
    )


async def _to_review(run: dict[str, Any], data: dict[str, Any]) -> None:
    """Hand an application that was being vetted to review; one that is further on stays where it is."""
    found = await _lock(run["application"])
    if found["state"] == "vetting":
        await move(
            APPLICATION,
            Application,
            run["application"],
            "finish_vetting",
            _SYSTEM,
            chains=_chains(found),
            data=data,
        )
    elif run["cause"] == DEADLINE and found["state"] != "withdrawn":
        await events.record(
            _SYSTEM,
            subject="application",
            subject_id=run["application"],
            action="finish_vetting",
            chains=_chains(found),
            from_state=found["state"],
            to_state=found["state"],
            data=data,
        )


async def _lock(application_id: int) -> dict[str, Any]:
    found = await row(
        "SELECT a.id, a.state, a.provider, r.deadline, l.bureau AS bureau_id FROM application a"
        " JOIN round r ON r.id = a.round JOIN registry_list l ON l.id = r.list WHERE a.id = {} FOR UPDATE OF a",
        application_id,
    )
    if found is None:
        raise NotFound("没有找到这份申报")
    return found


async def _lock_run(run_id: int) -> dict[str, Any]:
    application = await row("SELECT application FROM vetting_run WHERE id = {}", run_id)
    if application is None:
        raise NotFound("没有找到这次核验")
    await _lock(application["application"])
    found = await row(
        "SELECT id, application, state, as_of, cause FROM vetting_run WHERE id = {} FOR UPDATE", run_id
    )
    if found is None or found["state"] != "running":
        raise Conflict("这次核验已经结束")
    return found


async def _lock_finding(actor: Actor, finding_id: int) -> dict[str, Any]:
    where = await row("SELECT application FROM finding WHERE id = {}", finding_id)
    if where is None:
        raise NotFound("没有找到这项发现")
    application = await _lock(where["application"])
    _require_official(actor, application, Role.REVIEWER, Role.APPROVER)
    if application["state"] not in {"in_review", "recommended"}:
        raise Conflict("申报已不在审核中，不能再改动审查发现")
    found = await row(
        "SELECT id, application, run, code, overruled_by,"
        " (SELECT max(id) FROM vetting_run v WHERE v.application = f.application AND v.state = 'done') AS latest"
        " FROM finding f WHERE id = {} FOR UPDATE",
        finding_id,
    )
    assert found is not None
    if found["run"] != found["latest"]:
        raise Conflict("材料已重新核验，这项发现属于较早的一次核验。请刷新页面")
    return {**application, **found}


def _require_official(actor: Actor, found: dict[str, Any], *roles: Role) -> None:
    if found["bureau_id"] not in actor.bureau_ids():
        raise NotFound("没有找到这份申报")
    if not any(actor.has(role, bureau_id=found["bureau_id"]) for role in roles):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    if found["provider"] in actor.provider_ids:
        raise RuleRefusal("您是这家机构的成员，请由他人办理", code="own_organisation", rule="R13")


def _chains(found: dict[str, Any]) -> tuple[str, str]:
    return events.bureau_chain(found["bureau_id"]), events.provider_chain(found["provider"])
