"""Handing an application in: the rules, the evidence, the lock, the vetting (R5, R7, R28)."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import structlog
from asyncpg.exceptions import UniqueViolationError

from registry.applications import queries
from registry.applications.commands.loading import Locked, lock_own, require_open
from registry.applications.completeness import missing
from registry.applications.form import ApplicationForm, open_form
from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application, Submission
from registry.bans.queries import Barring, ban_that_bars, hold_representative
from registry.bans.rules import Link
from registry.documents import commands as documents
from registry.kernel import events, jobs
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Invalid, RegistryError, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.sealed import blind_index
from registry.policies.vocabulary import Ground
from registry.providers.commands import code_taken, representative_index, write_facts

log = structlog.get_logger(__name__)


async def submit(actor: Actor, application_id: int) -> str:
    """Hand a draft in, or finish entering one from paper; returns the receipt number.

    Raises RuleRefusal where the round is not open (R5) or a ban bars the applicant (R28), Invalid with every
    missing part, Conflict where it was handed in already.
    """
    try:
        async with transaction():
            found = await lock_own(actor, application_id)
            # Read under the lock: who waited for it past the deadline is late.
            as_of = await today()
            receipt = f"SB{as_of:%Y%m%d}{application_id:06d}"
            if found.state == "draft":
                require_open(found.round, found.counts_on(as_of))
            files = await hand_in(actor, found, as_of)
            await move(
                APPLICATION,
                Application,
                application_id,
                "enter_paper" if found.on_paper else "submit",
                actor,
                chains=chains_of(found),
                values={
                    "receipt_number": receipt,
                    "submitted_at": real_now(),
                    "submitted_on": found.counts_on(as_of),
                },
                data={"receipt": receipt, "digest": files.digest, "files": len(files.ids)},
            )
            await queue_vetting(application_id)
    except UniqueViolationError as error:
        raise code_taken() from error
    await lock_now(files.ids)
    return receipt


class HandedIn:
    """The files of a submission and its digest."""

    def __init__(self, ids: list[int], digest: str) -> None:
        self.ids = ids
        self.digest = digest


async def hand_in(actor: Actor, found: Locked, as_of: date) -> HandedIn:
    """Judge the working copy and write the submission: form, manifest, digest, retention of the files.

    Runs in the caller's transaction, before the state moves. Raises RuleRefusal (R28), Invalid.
    """
    form = open_form(found.form_sealed)
    if found.state in ("draft", "correction"):
        await require_not_banned(form, found, as_of)
    kept = [file for file in await queries.current_files(found.id) if not file.leaving]
    problems = missing(form, {file.item for file in kept}, queries.frame_of(found.round))
    if problems:
        raise Invalid("申报还不完整，请补齐下列各项后再提交", fields=[problem.error for problem in problems])
    await _write_provider(actor, found, form)
    manifest = [{"file": file.id, "item": file.item, "sha256": file.sha256} for file in kept]
    digest = submission_digest(form, manifest)
    last = await row(
        "SELECT coalesce(max(number), 0) AS last FROM submission WHERE application = {}", found.id
    )
    made = Submission(
        application=found.id,
        number=(last["last"] if last else 0) + 1,
        form_sealed=form.sealed(),
        manifest=json.dumps(manifest),
        digest=digest,
        submitted_by=actor.account_id,
        submitted_on=as_of,
        submitted_at=real_now(),
    )
    await made.save()
    await rows(
        "UPDATE application SET name = {}, categories = {} WHERE id = {}",
        form.name,
        list(form.categories),
        found.id,
    )
    await rows(
        "UPDATE application_file SET submission = {} WHERE application = {} AND submission IS NULL"
        " AND removed_at IS NULL",
        int(made.id),
        found.id,
    )
    await rows(
        "UPDATE application_file SET replaced_at = {}, leaving = false WHERE application = {} AND leaving",
        real_now(),
        found.id,
    )
    ids = [file.id for file in kept]
    await documents.retain(ids)
    return HandedIn(ids, digest)


def submission_digest(form: ApplicationForm, manifest: list[dict[str, Any]]) -> str:
    """The SHA-256 that shows a submission unchanged: over the form's keyed digest and its files' digests (R7).

    The form enters through a keyed hash, so that the digest tells nothing about the people in it.
    """
    keyed = blind_index(form.model_dump_json(), "submission")
    listed = sorted((entry["item"], entry["file"], entry["sha256"]) for entry in manifest)
    return hashlib.sha256(json.dumps([keyed, listed]).encode()).hexdigest()


async def require_not_banned(form: ApplicationForm, found: Locked, as_of: date) -> None:
    """Refuse a banned code, or a legal representative with the full ID number of a banned provider's (R28)."""
    facts = form.facts
    index = representative_index(facts.representative_id)
    # In the order of a ban's decision: whichever is second sees the other.
    await rows("SELECT id FROM provider WHERE id = {} FOR NO KEY UPDATE", found.provider_id)
    await hold_representative(index, shared=True)
    barring = await ban_that_bars(
        list_id=found.round.list_id,
        credit_code=facts.code,
        representative_index=index,
        as_of=as_of,
        recognised=found.round.rules.ban.recognised,
    )
    if barring is not None:
        raise _banned(barring)


def _banned(barring: Barring) -> RuleRefusal:
    ban = barring.ban
    places = {
        "name": ban.name,
        "ground": next((ground.zh for ground in Ground if ground == ban.ground), ban.ground),
        "authority": ban.bureau_name,
        "first": ban.decided_on.isoformat(),
        "last": ban.last_day.isoformat(),
        "again": ban.may_apply_from.isoformat(),
    }
    if barring.link is Link.CREDIT_CODE:
        del places["name"]
        return RuleRefusal(
            "本机构因“%(ground)s”被%(authority)s决定禁入，禁入期自 %(first)s 至 %(last)s，期间不得申报（规则 R28）。"
            "%(again)s 起可以重新申报；对禁入决定有异议的，请向作出决定的教育局提出",
            code="banned",
            rule="R28",
            **places,
        )
    return RuleRefusal(
        "本机构法定代表人与被禁入机构“%(name)s”的法定代表人为同一人。该机构因“%(ground)s”被%(authority)s决定禁入，"
        "禁入期自 %(first)s 至 %(last)s，期间不得申报（规则 R28）。%(again)s 起可以重新申报；"
        "对禁入决定有异议的，请向作出决定的教育局提出",
        code="banned",
        rule="R28",
        **places,
    )


async def _write_provider(actor: Actor, found: Locked, form: ApplicationForm) -> None:
    """Take the facts of the form over into the provider's record, while nothing else stands on that record."""
    others = await rows(
        "SELECT 1 AS one FROM application WHERE provider = {} AND id <> {}"
        " AND state NOT IN ('draft', 'withdrawn', 'rejected') LIMIT 1",
        found.provider_id,
        found.id,
    )
    if not others:
        await write_facts(actor, found.provider_id, form.facts)
        return
    provider = await row("SELECT credit_code FROM provider WHERE id = {}", found.provider_id)
    if provider and provider["credit_code"] != form.facts.code:
        raise Invalid(
            fields=[
                FieldError(
                    "credit_code",
                    "与本机构其他申报使用的统一社会信用代码不一致，请核对；代码已变更的请联系教育局",
                )
            ]
        )


def chains_of(found: Locked) -> tuple[str, ...]:
    """The chains that an act on a handed-in application is written to."""
    return (events.provider_chain(found.provider_id), events.bureau_chain(found.round.bureau_id))


async def queue_vetting(application_id: int) -> None:
    """Have the application vetted, one run after another."""
    await jobs.defer(
        "checks.vet", queue="vetting", lock=f"vet:{application_id}", application_id=application_id
    )


async def lock_now(file_ids: list[int]) -> None:
    """Lock the files at once. The submission stands already: what fails here is done by the queued jobs."""
    for file_id in file_ids:
        try:
            await documents.lock(file_id)
        except RegistryError as error:
            log.warning("file not locked yet", file=file_id, code=error.code)
            return
